#include "plan/planfile_run.h"

#include "base/cleanup.h"
#include "base/text.h"

static int set_tick(struct options *options, const char *value, struct error *err)
{
    (void)err;
    options->tick = value[0] == 't';
    return 0;
}

static const struct run_key {
    const char *name; /* the option's long name too */
    int kinds;
    int (*set)(struct options *options, const char *value, struct error *err);
} run_keys[] = {
    {"runs", PLANFILE_TEXT | PLANFILE_WHOLE, options_set_runs},
    {"cycles", PLANFILE_WHOLE, options_set_cycles},
    {"settle", PLANFILE_WHOLE | PLANFILE_NUMBER, options_set_settle},
    {"tick", PLANFILE_FLAG, set_tick},
    {"timeout", PLANFILE_WHOLE | PLANFILE_NUMBER, options_set_timeout},
    {"seed", PLANFILE_WHOLE, options_set_seed},
    {"layout", PLANFILE_TEXT, options_set_layout},
    {"thp", PLANFILE_TEXT, options_set_thp},
    {"object-allocator", PLANFILE_TEXT, options_set_object_allocator},
    {"memory-limit", PLANFILE_TEXT | PLANFILE_WHOLE, options_set_memory_limit},
};
enum { RUN_KEYS = sizeof run_keys / sizeof *run_keys };

static int apply_allocators(struct planfile_reader *reader, const json_t *list)
{
    static const char path[] = "run.allocators";
    if (!json_is_array(list)) {
        return planfile_keys_fail(reader, path, "write allocators = [\"glibc\", \"tcmalloc\"]",
                                  "%s, where a list should stand", planfile_keys_type(list));
    }
    bool is_taken = !options_is_given(reader->options, "alloc");
    size_t i;
    json_t *item;
    json_array_foreach(list, i, item)
    {
        cleanup_free char *full = text_format("%s[%zu]", path, i + 1);
        cleanup_free char *text = planfile_keys_take_value(reader, full, item, PLANFILE_TEXT);
        if (!text) {
            return -1;
        }
        if (is_taken) {
            text_list_add(&reader->options->allocators, text);
        }
    }
    return 0;
}

static int apply_run_key(struct planfile_reader *reader, const struct run_key *info,
                         const json_t *value)
{
    cleanup_free char *path = planfile_keys_join("run", info->name);
    cleanup_free char *text = planfile_keys_take_value(reader, path, value, info->kinds);
    if (!text) {
        return -1;
    }
    if (!options_is_given(reader->options, info->name) &&
        info->set(reader->options, text, reader->err)) {
        return planfile_keys_at(reader, path);
    }
    return 0;
}

int planfile_run_apply(struct planfile_reader *reader, json_t *run)
{
    const char *known[RUN_KEYS + 1];
    for (size_t i = 0; i < RUN_KEYS; i++) {
        known[i] = run_keys[i].name;
    }
    known[RUN_KEYS] = "allocators";
    if (planfile_keys_check_table(reader, "run", run, "write [run] and its keys below") ||
        planfile_keys_check(reader, "run", run, known, RUN_KEYS + 1)) {
        return -1;
    }
    for (size_t i = 0; i < RUN_KEYS; i++) {
        const json_t *value = json_object_get(run, run_keys[i].name);
        if (value && apply_run_key(reader, &run_keys[i], value)) {
            return -1;
        }
    }
    const json_t *allocators = json_object_get(run, "allocators");
    return allocators ? apply_allocators(reader, allocators) : 0;
}
