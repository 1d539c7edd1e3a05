/* What is known beforehand of fixtures/holds.py: for each reason of fixtures/reasons.py, which
 * kinds of cause hold how much of its size, under a malloc that tells as much as it does. */
#pragma once

#include <stdbool.h>

#include "tests/support/membench.h"

/* One reason, or two: what is held at 'settled'. */
struct mixture {
    const char *reason;
    unsigned mib;
    const char *also; /* NULL if it is only one */
    unsigned also_mib;
};

/* The reasons in turn; NULL behind the last. */
const char *answers_reason(unsigned index);

/* Whether the reason has a known answer under this family, on this machine. What lies in malloc's
 * blocks and waits for the collector cannot be told from free memory where malloc does not split.
 */
bool answers_is_known(const char *reason, const char *family);

/* Whether the two have one when they are together. Lazily freed pages are not told one by one, and
 * of a foreign malloc's free memory they may be a part; and where free memory is judged by what a
 * release gives, nothing else may become free before it. */
bool answers_can_mix(const char *reason, const char *also, const char *family);

/* Runs the fixture, once under each of the allocators, and asks of all samples what must always
 * hold. */
void answers_run(struct membench *run, const char *allocators, const struct mixture *mixture);

/* Fails unless the cause under that allocator, which is a family as it comes, is the known one: the
 * reason named first, and each kind's bytes to `share` of what is expected of it (of a kind that is
 * not, of all) + `bytes`. */
void answers_expect(struct membench *run, const char *family, const struct mixture *mixture,
                    double share, double bytes);
