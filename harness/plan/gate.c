#include "plan/gate.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "plan/claim_figure.h"
#include "plan/plan.h"

static const char *const level_names[GATE_LEVELS] = {
    [GATE_OFF] = "off", [GATE_WARN] = "warn", [GATE_ERROR] = "error"};

double gate_practical_threshold(enum metric metric)
{
    /* Memory repeats within a fraction of a per cent, and nobody acts on less than 3 %. A time
     * varies by several per cent between two runs of one program on one machine. */
    return metric_table[metric].unit == UNIT_SECONDS ? 0.1 : 0.03;
}

/* A time varies by more than 10 % on a machine that does other work, as those of CI do: it fails
 * nobody's change unless somebody says so. */
static enum gate_level by_default(enum metric metric)
{
    return metric_table[metric].unit == UNIT_SECONDS ? GATE_WARN : GATE_ERROR;
}

int gate_parse(struct gate *gate, const char *text, struct error *err)
{
    struct claim_figure figure = {0};
    const char *dot = strchr(text, '.');
    if (dot ? claim_figure_parse(&figure, text, err)
            : claim_figure_parse_metric(text, &figure.metric, err)) {
        return -1;
    }
    *gate = (struct gate){.phase = dot ? figure.phase : text_copy(""),
                          .metric = figure.metric,
                          .level = by_default(figure.metric),
                          .threshold = gate_practical_threshold(figure.metric),
                          .control = text_copy("")};
    return 0;
}

void gate_clear(struct gate *gate)
{
    free(gate->phase);
    free(gate->control);
    *gate = (struct gate){0};
}

char *gate_name(const struct gate *gate)
{
    return text_format("%s%s%s", gate->phase, gate->phase[0] ? "." : "",
                       metric_table[gate->metric].name);
}

const char *gate_level_name(enum gate_level level)
{
    return level_names[level];
}

int gate_level_parse(const char *name, enum gate_level *level)
{
    for (int i = 0; i < GATE_LEVELS; i++) {
        if (strcmp(name, level_names[i]) == 0) {
            *level = (enum gate_level)i;
            return 0;
        }
    }
    return -1;
}

int gate_check(const struct gate *gate, const struct plan *plan, struct error *err)
{
    if (gate->control[0] == '\0' || plan_setting(plan, gate->control)) {
        return 0;
    }
    cleanup_free char *name = gate_name(gate);
    error_set(err, "the gate '%s' has the control '%s', which is no allocator of this run", name,
              gate->control);
    cleanup_free char *hint = plan_setting_hint(plan, gate->control);
    return error_hint(err, "%s", hint);
}
