"""The verdicts of a study as JUnit XML, which CI servers list as tests."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from sim.runs.gate import State, Verdict, target_words

if TYPE_CHECKING:
    from sim.study.study import Study

NOT_XML = re.compile(r"[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\U00010000-\U0010FFFF]")
"""What no XML document can hold, escaped or not: https://www.w3.org/TR/xml/#charsets."""


def junit(study: Study) -> str:
    """Return a test case for each target at each design point.

    Parameters
    ----------
    study
        The results.

    Returns
    -------
    str
        XML. A missed target is a failure; one that is not decided is skipped, or a failure where
        the scenario's gate says so. Each says figure, interval and target. The same study gives the
        same text.

    Notes
    -----
    The elements and attributes that Jenkins, GitLab and GitHub's reporters read in common:
    https://github.com/testmoapp/junitxml. A verdict takes no time of its own.
    """
    verdicts = study.verdicts()
    suites = Element("testsuites", name="dgisim")
    suite = SubElement(suites, "testsuite", name=_text(study.name))
    for verdict in verdicts:
        _add(suite, study, verdict)
    counts = {
        "tests": len(verdicts),
        "failures": len(suite.findall("testcase/failure")),
        "errors": 0,
        "skipped": len(suite.findall("testcase/skipped")),
    }
    for element in (suites, suite):
        element.attrib.update({name: str(count) for name, count in counts.items()}, time="0")
    indent(suites)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{tostring(suites, encoding="unicode")}\n'


def _add(suite: Element, study: Study, verdict: Verdict) -> None:
    where = ", ".join(f"{key}={value}" for key, value in verdict.levels.items())
    name = _text(f"{target_words(verdict.target)}{where and f' at {where}'}")
    case = SubElement(suite, "testcase", name=name, classname=_text(study.name), time="0")
    message = _text(str(verdict))
    if study.fails(verdict):
        SubElement(
            case, "failure", message=message, type=verdict.state.replace(" ", "_")
        ).text = message
    elif verdict.state is State.UNDECIDED:
        SubElement(case, "skipped", message=message)
    else:
        SubElement(case, "system-out").text = message


def _text(text: str) -> str:
    return NOT_XML.sub("\N{REPLACEMENT CHARACTER}", text)
