#include "report/words.h"

#include "base/cleanup.h"
#include "base/text.h"

void words_each(const struct summary *summary, const char *spread, const char *absent,
                void (*put)(void *context, const char *word, const char *meaning), void *context)
{
    cleanup_free char *settled = text_format("%g s later, nothing forced", summary->settle);
    const struct {
        const char *word, *meaning;
    } words[] = {
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
}
