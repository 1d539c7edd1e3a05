/* Where every byte is and why it stays, as a run of membench has told it.
 *
 * Whatever is not as it must be fails the running test. */
#pragma once

#include "inspect/cause.h"
#include "tests/support/membench.h"

/* The samples of the one trial that is meant, in order, as samples.csv has them; the run frees
 * nothing of it, the caller frees the array. */
struct sample *accounting_samples(struct membench *run, struct membench_where where, size_t *count);

/* At every sample of every trial that has samples: all owners were told, with what is unexplained
 * they sum to rss to the byte, and that is at most 0.5 % of rss. */
void accounting_expect_complete(struct membench *run);

/* What a release was forecast to give is what it gave, to 1 % + 256 KiB. */
void accounting_expect_forecast(struct membench *run, struct membench_where where);

/* The cause of the one trial that is meant. Fails unless it is known, and unless its shares sum to
 * what is held. */
void accounting_find(struct membench *run, struct membench_where where, struct cause *cause);

/* The same, where each workload and allocator had one trial only; and summary.csv has it so. */
void accounting_cause(struct membench *run, struct membench_where where, struct cause *cause);

/* Fails unless the terminal was told the cause of that allocator, this kind first. */
void accounting_expect_line(struct membench *run, const char *allocator, enum cause_kind kind);

/* Bytes of one kind are as expected, to `share` of it + `bytes`. `what` says what is judged. */
void accounting_expect_share(const char *what, const struct cause *cause, enum cause_kind kind,
                             double expected, double share, double bytes);
