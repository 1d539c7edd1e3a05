/* A contrast: one baseline against another, figure by figure, as rows of verdicts.
 *
 * Pairs are matched by workload (name and parameters), object allocator and allocator; that the
 * workload's file is another one is noted. How a pair is compared:
 *
 *   - what no machine changes (objects, blocks, live bytes): as it is, on any host of the same
 *     processor architecture and Python;
 *   - all else on hosts of one class, with the same Python and the same library: as it is;
 *   - all else otherwise: as the ratio to the control allocator, within each block of each run. An
 *     allocator on one host is never held against another one on another host.
 *
 * What cannot be compared is a row that says why (`missing`), or, for the control itself, a note.
 */
#pragma once

#include "stats/gated.h"
#include "stats/verdicts.h"
#include "store/baseline.h"

struct contrast_question {
    const struct baseline *baseline, *candidate;
    const char *baseline_name; /* "ci.txt", a run's id; for texts */
    const char *candidate_name;
    const struct gated *gated;
    const char *control; /* where the gate names none; or "": the first allocator of both */
    size_t looks;        /* planned of the candidate */
    uint64_t seed;       /* of drawn permutations */
    bool is_strict;      /* what has no partner is a row that is missing, not only a note */
};

struct contrast {
    struct verdicts verdicts;
    char *difference; /* why the hosts are of different classes; NULL if they are of one */
    struct text_list notes;
    size_t compared; /* rows that were */
};

void contrast_make(struct contrast *contrast, const struct contrast_question *question);
void contrast_clear(struct contrast *contrast);

/* Whether a metric is the same on every machine, for the same program and Python. */
bool contrast_is_portable(enum metric metric);
