"""What dgisim can be asked about a scenario: a file for each question, and its line in ``QUESTIONS``."""

from __future__ import annotations

from typing import Any

from sim.questions.frontier import FrontierQuestion
from sim.questions.protocol import Question
from sim.questions.sensitivity import SensitivityQuestion
from sim.questions.staffing import StaffingQuestion

QUESTIONS: tuple[Question[Any], ...] = (
    FrontierQuestion(),
    StaffingQuestion(),
    SensitivityQuestion(),
)
"""In the order of the help; each becomes a command."""
