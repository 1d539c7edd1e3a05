#include "report/words.h"

#include "base/cleanup.h"
#include "base/text.h"

struct word {
    const char *word, *meaning;
};

/* Of what allocators are compared by. */
static const struct word verdict_words[] = {
    {"ratio", "an allocator's figure over the control's (the first one's, or a gate's); below 1 is "
              "less"},
    {"interval", "holds the true ratio in 95 % of such runs (98.3 % with --runs auto, which looks "
                 "three times)"},
    {"better, worse", "the whole interval lies beyond the band: 3 %, of time 10 %, or what a gate "
                      "says"},
    {"same", "the whole interval lies within the band"},
    {"unknown", "so many runs (n) show neither; what they could have seen stands beside it"},
};

/* Of p values and the picture of time against memory. */
static const struct word test_words[] = {
    {"p", "chance of such a difference if there is none"},
    {"Holm",
     "p adjusted for the number of claims and gates; what is neither is not adjusted, so of "
     "twenty comparisons one may leave 1 out by chance"},
    {"front", "no other allocator takes less of both time and memory"},
};

void words_each_verdict(bool has_tests,
                        void (*put)(void *context, const char *word, const char *meaning),
                        void *context)
{
    for (size_t i = 0; i < sizeof verdict_words / sizeof *verdict_words; i++) {
        put(context, verdict_words[i].word, verdict_words[i].meaning);
    }
    for (size_t i = 0; has_tests && i < sizeof test_words / sizeof *test_words; i++) {
        put(context, test_words[i].word, test_words[i].meaning);
    }
}

static bool has_waterfall(const struct summary *summary)
{
    for (size_t i = 0; i < summary->workload_count; i++) {
        const struct summary_workload *workload = &summary->workloads[i];
        for (size_t j = 0; j < workload->group_count; j++) {
            for (size_t k = 0; k < workload->groups[j].row_count; k++) {
                if (workload->groups[j].rows[k].waterfall.is_known) {
                    return true;
                }
            }
        }
    }
    return false;
}

/* Of the tables and bars of where resident memory is. */
static const struct word waterfall_words[] = {
    {"rss", "resident memory of the one run whose end is the median; its parts sum to it"},
    {"files", "mapped files, own copies of their pages, bss, shared memory"},
    {"py live, in use", "blocks that pymalloc, or malloc, has handed out"},
    {"py free", "free blocks, free pools and headers in arenas of pymalloc"},
    {"releasable", "free memory of malloc in whole pages: it could go back"},
    {"pinned", "free memory that shares its pages with live blocks"},
    {"not split", "memory of a malloc that does not tell live blocks from free ones"},
    {"unexplained", "rss minus all owners; below 0 if they are too much"},
    {"forecast", "what a release would give back, told before it, at collected"},
    {"given back", "what that release gave back"},
    {"frag. ratio", "resident memory of pymalloc and malloc over live bytes, at settled"},
};

void words_each(const struct summary *summary, const char *spread, const char *absent,
                void (*put)(void *context, const char *word, const char *meaning), void *context)
{
    cleanup_free char *settled = text_format("%g s later, nothing forced", summary->settle);
    const struct word words[] = {
        {"ok", "ok runs/all runs; figures are medians of the ok runs"},
        {"memory", "anonymous resident memory (anon); only the peak is of rss"},
        {"start", "before the load: a workload is imported, a script is not"},
        {"end", "the load is over, what it left is alive"},
        {"settled", settled},
        {"collected", "after one gc.collect()"},
        {"released", "after the allocator gave back what it could"},
        {"over start", "settled minus start"},
        {"cause", "which layer holds what 'settled' has over start, lazily freed pages and child "
                  "processes included"},
        {"end vs", "difference of the medians of end; not a verdict"},
        {"tracked", "objects that the cycle collector watches, at settled"},
        {"garbage", "objects that it cannot free, at settled"},
        {"uncollected", "objects that waited for that gc.collect() to free them"},
        {"blocks", "live blocks of pymalloc, at settled"},
        {"time, faults", "from start to end"},
        {spread, "half the range of the runs, in % of the median"},
        {absent, "not measured"},
    };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        put(context, words[i].word, words[i].meaning);
    }
    bool is_shown = has_waterfall(summary);
    for (size_t i = 0; is_shown && i < sizeof waterfall_words / sizeof *waterfall_words; i++) {
        put(context, waterfall_words[i].word, waterfall_words[i].meaning);
    }
}
