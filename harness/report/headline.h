/* What a run came to, in the few sentences that every report begins with: did it help, how much,
 * how sure, at what price, and why the rest is held.
 *
 * Of a run with claims there is a headline for each, the worst first: not measured, refuted,
 * inconclusive, confirmed. A claim that speaks of several workloads or allocators is told by the
 * case that decides it. Without claims there is one for each workload and object allocator that was
 * compared: the allocator that holds least at 'settled' of those with the best verdict, the one
 * that helps most first. Where nothing is compared, what it holds. */
#pragma once

#include "report/summary.h"
#include "stats/verdicts.h"

enum headline_tone {
    HEADLINE_BROKEN, /* not measured */
    HEADLINE_BAD,    /* refuted, worse */
    HEADLINE_OPEN,   /* inconclusive, unknown */
    HEADLINE_PLAIN,  /* same; or nothing was asked or compared */
    HEADLINE_GOOD,   /* confirmed, better */
    HEADLINE_TONES,
};

/* What less memory costs, or not: time and peak against what the memory is held against, or, with a
 * budget, against the control. */
struct headline_price {
    const char *name;              /* "cpu", "wall", "peak rss" */
    char *size;                    /* "6.00 [5.67, 6.31]" */
    const char *verdict;           /* "worse" */
    double estimate, lower, upper; /* as in comparisons.csv */
};
enum { HEADLINE_PRICES = 3 };

struct headline {
    enum headline_tone tone;
    const char *word; /* "refuted", "better", "measured", "not measured", ... */
    char *subject;    /* what it is said of: "tcmalloc settled.anon <= 0.5 * glibc on app" */
    char *size;       /* "1.10 [1.08, 1.10]", "162.0 MiB"; or "" */
    double estimate, lower, upper; /* of it; absent where there is none, or no interval */
    size_t n;                      /* fresh processes behind it; 0: it does not apply */
    char *rest; /* "refuted in 2 of 3 cases", why it was not measured, ...; or "" */
    struct headline_price prices[HEADLINE_PRICES];
    size_t price_count;
    char *price;   /* the same in words: "cpu 6.00 [5.67, 6.31] worse; peak rss ..."; or "" */
    char *against; /* the allocator that the prices are against; or "" */
    char *why;     /* "pymalloc arenas 52.1 MiB (46 %), ... of 116.5 MiB held over start"; or "" */
    double held;   /* bytes over start that `why` speaks of; absent if nothing does */
    char *workload;
    size_t claim; /* its index in the verdicts; SIZE_MAX: of no claim */
};

struct headlines {
    struct headline *items;
    size_t count; /* at least 1, if the summary has a workload */
    char *tally;  /* of several: "1 refuted, 2 confirmed"; else "" */
};

void headlines_make(struct headlines *headlines, const struct summary *summary,
                    const struct verdicts *verdicts);
void headlines_clear(struct headlines *headlines);

/* "✗", "↓", ...: a sign for the tone and the word, never colour alone. */
const char *headline_sign(const struct headline *headline, bool ascii);

/* Word and all of the first sentence: "refuted: tcmalloc settled.anon <= 0.5 * glibc on app: 1.10
 * [1.08, 1.10], n = 8; refuted in 2 of 3 cases". The caller frees it. */
char *headline_sentence(const struct headline *headline);
