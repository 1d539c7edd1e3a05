#include "plan/planfile_gates.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"

static int apply_threshold(struct planfile_reader *reader, const char *path, const json_t *value,
                           struct gate *gate)
{
    double threshold = json_number_value(value);
    if (!json_is_number(value) || threshold < 0 || threshold > 10) {
        return planfile_keys_fail(reader, path, "a share: 0.03 is 3 %",
                                  "it is not a number from 0 to 10");
    }
    gate->threshold = threshold;
    return 0;
}

static int fill_gate(struct planfile_reader *reader, const char *path, json_t *table,
                     struct gate *gate)
{
    static const char *const known[] = {"level", "threshold", "control"};
    cleanup_free char *level = NULL;
    if (planfile_keys_check(reader, path, table, known, sizeof known / sizeof *known) ||
        planfile_keys_take(reader, path, table, "level", &level) ||
        planfile_keys_take(reader, path, table, "control", &gate->control)) {
        return -1;
    }
    if (level && gate_level_parse(level, &gate->level)) {
        cleanup_free char *full = planfile_keys_join(path, "level");
        return planfile_keys_fail(reader, full, "one of off, warn, error",
                                  "there is no level '%.64s'", level);
    }
    const json_t *threshold = json_object_get(table, "threshold");
    cleanup_free char *full = planfile_keys_join(path, "threshold");
    return threshold ? apply_threshold(reader, full, threshold, gate) : 0;
}

static int reject_repeated(struct planfile_reader *reader, const char *path)
{
    const struct options *options = reader->options;
    const struct gate *last = &options->gates[options->gate_count - 1];
    for (size_t i = 0; i + 1 < options->gate_count; i++) {
        const struct gate *gate = &options->gates[i];
        if (gate->metric == last->metric && strcmp(gate->phase, last->phase) == 0) {
            return planfile_keys_fail(reader, path, "write each gate once",
                                      "the gate stands there twice");
        }
    }
    return 0;
}

static int apply_gate(struct planfile_reader *reader, const char *path, const char *name,
                      json_t *table)
{
    struct gate gate;
    if (planfile_keys_check_table(reader, path, table,
                                  "write [gate.METRIC] or [gate.\"PHASE.METRIC\"]")) {
        return -1;
    }
    if (gate_parse(&gate, name, reader->err)) {
        return planfile_keys_at(reader, path);
    }
    struct gate *added = options_add_gate(reader->options);
    *added = gate;
    return fill_gate(reader, path, table, added) || reject_repeated(reader, path) ? -1 : 0;
}

/* [gate.end.anon] without quotes is, in TOML, a table `anon` in a table `end`. */
static bool holds_tables(json_t *table)
{
    const char *key;
    json_t *value;
    json_object_foreach(table, key, value)
    {
        if (json_is_object(value)) {
            return true;
        }
    }
    return false;
}

static int apply_phase_gates(struct planfile_reader *reader, const char *path, const char *phase,
                             json_t *gates)
{
    const char *key;
    json_t *value;
    json_object_foreach(gates, key, value)
    {
        cleanup_free char *full = planfile_keys_join(path, key);
        cleanup_free char *name = text_format("%s.%s", phase, key);
        if (apply_gate(reader, full, name, value)) {
            return -1;
        }
    }
    return 0;
}

int planfile_gates_apply(struct planfile_reader *reader, json_t *gates)
{
    if (planfile_keys_check_table(reader, "gate", gates,
                                  "write [gate.METRIC] or [gate.\"PHASE.METRIC\"]")) {
        return -1;
    }
    const char *key;
    json_t *value;
    json_object_foreach(gates, key, value)
    {
        cleanup_free char *path = planfile_keys_join("gate", key);
        if (holds_tables(value) ? apply_phase_gates(reader, path, key, value)
                                : apply_gate(reader, path, key, value)) {
            return -1;
        }
    }
    return 0;
}
