#include "measure/sample.h"

#include "base/text.h"

/* Above this share of rss, huge pages make a process look larger than what it touched: one touched
 * byte can hold 2 MiB (Documentation/admin-guide/mm/transhuge.rst). */
static const double huge_share_limit = 0.05;

enum sample_doubt sample_doubt(const struct sample *sample)
{
    const double *values = sample->values;
    if (values[METRIC_SWAP] > 0) {
        return DOUBT_SWAP;
    }
    if (sample->moved != 0) {
        return DOUBT_MOVED;
    }
    bool is_huge = values[METRIC_ANON_HUGE] > huge_share_limit * values[METRIC_RSS];
    return is_huge ? DOUBT_HUGE : DOUBT_NONE;
}

char *sample_doubt_text(const struct sample *sample)
{
    const double *values = sample->values;
    switch (sample_doubt(sample)) {
    case DOUBT_SWAP:
        return text_format("%.1f MiB are in swap, so rss is too low", values[METRIC_SWAP] / 0x1p20);
    case DOUBT_MOVED:
        return text_format("rss moved by %+.2f MiB while it was read", sample->moved / 0x1p20);
    case DOUBT_HUGE:
        return text_format("%.0f %% of rss is in huge pages",
                           100 * values[METRIC_ANON_HUGE] / values[METRIC_RSS]);
    default:
        return NULL;
    }
}
