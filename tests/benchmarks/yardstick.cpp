// The yardstick: the benchmark's plant and nothing else, as fast as plain C++ does it. No part of the product.
//
// Deadlines are known before the run, so an image has a fixed place in the order of (deadline, number), and a queue is
// a set of places: 64 to a word, with a summary of the words. The calendar is a wheel of seconds; what ends in a second
// is a word of editors, and so is who is idle. At an instant all that happens is applied, then idle editors choose.

#include <algorithm>
#include <climits>
#include <cstdint>
#include <numeric>
#include <vector>

namespace {

constexpr int EDITORS = 20, STATIONS = 3;
constexpr std::uint64_t ONE = 1, CREW = (ONE << EDITORS) - 1, ALL = (ONE << EDITORS * STATIONS) - 1;
constexpr std::int32_t NOT_YET = INT32_MIN;

int lowest(std::uint64_t bits) { return __builtin_ctzll(bits); }

struct Orders {
    std::int64_t n;
    const std::int64_t *submitted, *due, *first_image;
};

struct Visits {
    std::int64_t n_images;
    const std::int32_t* first;
    const std::int8_t* station;
    const std::int32_t* seconds;

    std::int32_t n() const { return first[n_images]; }
    // The station of the visit that follows; the first one, at which only new images are, if the image is done.
    int station_after(std::int32_t visit) const { return visit + 1 < n() ? station[visit + 1] : 0; }
};

struct Marks {
    std::int32_t *ended, *started;
    std::int8_t* editor;
};

class Queue {
public:
    explicit Queue(std::int64_t places) : words(places / 64 + 1), summary(places / 4096 + 1) {}

    bool empty() const { return n == 0; }

    void push(std::int64_t place) {
        words[place >> 6] |= ONE << (place & 63);
        summary[place >> 12] |= ONE << (place >> 6 & 63);
        lead = std::min(lead, place >> 12);
        ++n;
    }

    std::int64_t pop() {
        while (!summary[lead]) ++lead;
        const std::int64_t word = lead << 6 | lowest(summary[lead]);
        const std::uint64_t bits = words[word], rest = bits & (bits - 1);
        words[word] = rest;
        summary[lead] ^= std::uint64_t(rest == 0) << (word & 63);
        --n;
        return word << 6 | lowest(bits);
    }

private:
    std::int64_t n = 0, lead = 0;  // nothing waits in a summary before the lead
    std::vector<std::uint64_t> words, summary;
};

class Wheel {
public:
    explicit Wheel(std::int32_t longest) {
        std::int64_t size = 64;
        while (size <= longest) size *= 2;
        turn = size - 1;
        slots.resize(size);
        words.resize(size / 64);
    }

    void put(std::int64_t at, int editor) {
        const std::int64_t slot = at & turn;
        slots[slot] |= ONE << editor;
        words[slot >> 6] |= ONE << (slot & 63);
    }

    // The first second from `from` on in which something ends; there has to be one.
    std::int64_t next(std::int64_t from) const {
        std::int64_t word = (from & turn) >> 6;
        std::uint64_t bits = words[word] >> (from & 63);
        if (bits) return from + lowest(bits);
        from = (from | 63) + 1;
        while (!(bits = words[word = (word + 1) & (turn >> 6)])) from += 64;
        return from + lowest(bits);
    }

    std::uint64_t take(std::int64_t at) {
        const std::int64_t slot = at & turn;
        const std::uint64_t editors = slots[slot];
        slots[slot] = 0;
        words[slot >> 6] &= ~(ONE << (slot & 63));
        return editors;
    }

private:
    std::int64_t turn;
    std::vector<std::uint64_t> slots, words;
};

// Places of the images by (deadline, number): the place of each order's first image, and the first visit by place.
void rank(const Orders& orders, const Visits& visits, std::vector<std::int32_t>& place, std::vector<std::int32_t>& next) {
    std::vector<std::int32_t> by_due(orders.n);
    std::iota(by_due.begin(), by_due.end(), 0);
    std::stable_sort(by_due.begin(), by_due.end(), [&](auto a, auto b) { return orders.due[a] < orders.due[b]; });
    std::int32_t free = 0;
    for (const std::int32_t order : by_due) {
        place[order] = free;
        for (std::int64_t image = orders.first_image[order]; image < orders.first_image[order + 1]; ++image)
            next[free++] = visits.first[image];
    }
}

template <bool RECORDS>
void run(const Orders& orders, const Visits& visits, std::int64_t until, const Marks& marks) {
    std::fill_n(marks.ended, visits.n(), NOT_YET);
    if (RECORDS) std::fill_n(marks.started, visits.n(), NOT_YET), std::fill_n(marks.editor, visits.n(), -1);
    std::vector<std::int32_t> place_of_order(orders.n), next_visit(visits.n_images);
    rank(orders, visits, place_of_order, next_visit);

    Wheel wheel(*std::max_element(visits.seconds, visits.seconds + visits.n()));
    const Queue none(visits.n_images);
    Queue queues[STATIONS + 1] = {none, none, none, none};  // the last one takes what is done, and nobody looks at it
    constexpr int goes_to[STATIONS] = {STATIONS, 1, 2};
    std::uint64_t idle = ALL;
    std::int32_t visit_of[64], place_of[64];  // in the hand of each editor
    std::int64_t order = 0, now = -1;

    for (;;) {
        const std::int64_t comes = order < orders.n ? orders.submitted[order] : INT64_MAX;
        const std::int64_t ends = idle != ALL ? wheel.next(now + 1) : INT64_MAX;
        now = std::min(comes, ends);
        if (now >= until) return;

        std::uint64_t done = ends == now ? wheel.take(now) : 0;
        idle |= done;
        for (; done; done &= done - 1) {
            const int editor = lowest(done);
            const std::int32_t visit = visit_of[editor], place = place_of[editor];
            marks.ended[visit] = std::int32_t(now);
            next_visit[place] = visit + 1;
            queues[goes_to[visits.station_after(visit)]].push(place);
        }
        for (; order < orders.n && orders.submitted[order] == now; ++order) {
            const std::int64_t images = orders.first_image[order + 1] - orders.first_image[order];
            for (std::int64_t image = 0; image < images; ++image) queues[0].push(place_of_order[order] + image);
        }
        for (int station = 0; station < STATIONS; ++station) {
            while (!queues[station].empty() && (idle >> EDITORS * station & CREW)) {
                const int editor = lowest(idle & CREW << EDITORS * station);
                const std::int64_t place = queues[station].pop();
                const std::int32_t visit = next_visit[place];
                idle ^= ONE << editor;
                visit_of[editor] = visit, place_of[editor] = std::int32_t(place);
                if (RECORDS) marks.started[visit] = std::int32_t(now);
                if (RECORDS) marks.editor[visit] = std::int8_t(editor - EDITORS * station);
                wheel.put(now + visits.seconds[visit], editor);
            }
        }
    }
}

}  // namespace

// All instants are seconds since the run's start. Without `started` and `editor` only the ends are kept.
extern "C" void simulate(std::int64_t n_orders, const std::int64_t* submitted, const std::int64_t* due,
                         const std::int64_t* first_image, std::int64_t n_images, const std::int32_t* first_visit,
                         const std::int8_t* station, const std::int32_t* seconds, std::int64_t until,
                         std::int32_t* ended, std::int32_t* started, std::int8_t* editor) {
    const Orders orders{n_orders, submitted, due, first_image};
    const Visits visits{n_images, first_visit, station, seconds};
    const Marks marks{ended, started, editor};
    started ? run<true>(orders, visits, until, marks) : run<false>(orders, visits, until, marks);
}
