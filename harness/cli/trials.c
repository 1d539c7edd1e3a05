#include "cli/trials.h"

#include "base/cleanup.h"
#include "cli/look.h"
#include "cli/progress.h"
#include "run/loop.h"

struct sink_state {
    struct plan *plan;
    struct sitting *sitting;
    struct progress progress;
};

static void begin_trial(void *context, const struct trial *trial)
{
    struct sink_state *state = context;
    progress_begin(&state->progress, trial);
}

static void see_moment(void *context, double seconds, double rss)
{
    struct sink_state *state = context;
    progress_moment(&state->progress, seconds, rss);
}

static void see_phase(void *context, const struct sample *sample)
{
    struct sink_state *state = context;
    progress_phase(&state->progress, sample);
}

/* What was found out about the setting beforehand, and the worker itself cannot tell. */
static void add_from_setting(struct record *record)
{
    const struct setting *setting = record->trial->setting;
    for (size_t i = 0; i < setting->warnings.count; i++) {
        text_list_add(&record->warnings, setting->warnings.items[i]);
    }
    struct wire_hello *identity = &record->identity;
    if (identity->proved && identity->settings[0] == '\0') {
        text_place(identity->settings, sizeof identity->settings, setting->proof.settings);
    }
}

static int end_trial(void *context, struct record *record, struct error *err)
{
    struct sink_state *state = context;
    add_from_setting(record);
    int failed = sitting_add(state->sitting, state->plan, record, err);
    progress_end(&state->progress, record);
    record_clear(record);
    return failed;
}

static int take_look(void *context, struct error *err)
{
    struct sink_state *state = context;
    struct look look;
    if (!state->plan->options->runs_auto) {
        return 0;
    }
    if (look_take(&look, state->sitting, state->plan, err)) {
        return -1;
    }
    cleanup_free char *text = look_text(&look);
    if (look.gated > 0) {
        progress_say(&state->progress, text);
    }
    return look.next > 0;
}

int trials_run(struct plan *plan, struct sitting *sitting, struct error *err)
{
    struct sink_state state = {.plan = plan, .sitting = sitting};
    progress_init(&state.progress, plan, sitting->earlier.record_count);
    struct sink sink = {.context = &state,
                        .begin = begin_trial,
                        .end = end_trial,
                        .look = take_look,
                        .observer = {.context = &state, .moment = see_moment, .phase = see_phase}};
    int result =
        loop_run(plan, sitting->earlier.records, sitting->earlier.record_count, &sink, err);
    progress_clear(&state.progress);
    if (result == 0) {
        result = sitting_finish(sitting, err);
    }
    return result;
}
