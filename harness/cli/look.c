#include "cli/look.h"

#include "base/cleanup.h"
#include "cli/against.h"
#include "stats/looks.h"
#include "stats/verdicts.h"

static size_t number_of(size_t blocks)
{
    size_t number = 1;
    for (size_t i = 0; i + 1 < LOOKS_COUNT && looks_blocks[i] < blocks; i++) {
        number++;
    }
    return number;
}

/* What the baseline leaves undecided counts as long as it has values for more blocks: beyond that
 * its own number limits what can be seen. */
static int count_against(struct look *look, const struct stored_run *run, const char *baseline,
                         struct error *err)
{
    struct against against;
    size_t undecided;
    if (against_file(&against, baseline, run, err)) {
        return -1;
    }
    look->gated += verdicts_gated(&against.contrast.verdicts, &undecided);
    look->undecided += against_blocks(&against) > look->blocks ? undecided : 0;
    against_clear(&against);
    return 0;
}

static int count_undecided(struct look *look, struct sitting *sitting, const char *baseline,
                           struct error *err)
{
    struct stored_run run;
    struct verdicts verdicts;
    if (store_load(&sitting->database, sitting->info.id, &run, err)) {
        return -1;
    }
    verdicts_make(&verdicts, &run.plan, run.records, run.record_count);
    look->gated = verdicts_gated(&verdicts, &look->undecided);
    verdicts_clear(&verdicts);
    int failed = baseline ? count_against(look, &run, baseline, err) : 0;
    stored_run_clear(&run);
    return failed;
}

int look_take(struct look *look, struct sitting *sitting, struct plan *plan, struct error *err)
{
    *look = (struct look){.number = number_of(plan->blocks), .blocks = plan->blocks};
    const struct options *options = plan->options;
    cleanup_free char *baseline =
        options->baseline ? against_path(options->baseline, options) : NULL;
    if (count_undecided(look, sitting, baseline, err)) {
        return -1;
    }
    /* An earlier sitting may have seen this, and gone on. */
    bool has_gone_on = sitting->has_earlier && sitting->earlier.options.runs > plan->blocks;
    if (look->undecided > 0 || has_gone_on) {
        look->next = (unsigned)looks_next(plan->blocks);
    }
    if (look->next == 0) {
        return 0;
    }
    plan_add_blocks(plan, look->next);
    unsigned runs = has_gone_on ? sitting->earlier.options.runs : look->next;
    return store_set_runs(&sitting->database, sitting->info.id, runs, err);
}

char *look_text(const struct look *look)
{
    cleanup_free char *what =
        look->undecided == 0 ? text_format("all %zu decided", look->gated)
                             : text_format("%zu of %zu undecided", look->undecided, look->gated);
    cleanup_free char *then = look->next > 0 ? text_format(", going on to %u runs", look->next)
                                             : text_format(" after %u runs", look->blocks);
    return text_format("look %zu of %d: %s%s", look->number, LOOKS_COUNT, what, then);
}
