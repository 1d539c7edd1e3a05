#include "plan/plan.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/random.h"
#include "plan/claim_check.h"
#include "plan/environment.h"

/* If neither the user nor the workload says otherwise. */
static const double default_timeout = 300;

/* Up to a page: enough to move the stack by every alignment (hyperfine does the same). */
enum { MOST_PADDING = 4096 };

static bool is_name_taken(const struct plan *plan, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(plan->workloads[i].name, name) == 0) {
            return true;
        }
    }
    return false;
}

/* app, app-2, app-3: two files of one name, or one file with two sets of parameters. */
static void make_names_unique(struct plan *plan)
{
    for (size_t i = 0; i < plan->workload_count; i++) {
        char **name = &plan->workloads[i].name;
        cleanup_free char *first = text_copy(*name);
        for (unsigned number = 2; is_name_taken(plan, i, *name); number++) {
            free(*name);
            *name = text_format("%s-%u", first, number);
        }
    }
}

static struct workload *append_workload(struct plan *plan)
{
    plan->workloads = text_grow(plan->workloads, plan->workload_count + 1, sizeof *plan->workloads);
    struct workload *workload = &plan->workloads[plan->workload_count++];
    *workload = (struct workload){0};
    return workload;
}

static int unknown_parameter(const struct plan *plan, const char *name, struct error *err);

/* "NAME=VALUE" for workloads from `first` on. */
static int set_parameter(struct plan *plan, size_t first, const char *given, struct error *err)
{
    const char *equals = strchr(given, '=');
    if (!equals || equals == given) {
        error_set(err, "'%s' is not a parameter", given);
        return error_hint(err, "write -p NAME=VALUE");
    }
    cleanup_free char *name = text_format("%.*s", (int)(equals - given), given);
    int known = 0;
    for (size_t i = first; i < plan->workload_count; i++) {
        int set = workload_set(&plan->workloads[i], name, equals + 1, err);
        if (set < 0) {
            return -1;
        }
        known |= set;
    }
    return known ? 0 : unknown_parameter(plan, name, err);
}

/* A workload of a plan, with its own parameters. */
static int load_order(struct plan *plan, const struct workload_order *order, struct error *err)
{
    struct workload *workload = append_workload(plan);
    if (workload_load(workload, order->path, plan->options->as_script, err)) {
        return error_wrap(err, "%s.file", order->origin);
    }
    if (order->name && order->name[0]) {
        free(workload->name);
        workload->name = text_copy(order->name);
    }
    for (size_t i = 0; i < order->parameters.count; i++) {
        if (set_parameter(plan, plan->workload_count - 1, order->parameters.items[i], err)) {
            return error_wrap(err, "%s.parameters", order->origin);
        }
    }
    return 0;
}

static int load_workloads(struct plan *plan, struct error *err)
{
    const struct options *options = plan->options;
    for (size_t i = 0; i < options->workloads.count; i++) {
        if (workload_load(append_workload(plan), options->workloads.items[i], options->as_script,
                          err)) {
            return -1;
        }
    }
    for (size_t i = 0; i < options->order_count && options->workloads.count == 0; i++) {
        if (load_order(plan, &options->orders[i], err)) {
            return -1;
        }
    }
    if (plan->workload_count == 0) {
        error_set(err, "no workload is given");
        return error_hint(err, "give a Python file, or one of 'membench list workloads'");
    }
    make_names_unique(plan);
    return 0;
}

/* Whether the options fit what is to be run. */
static int check_kinds(const struct plan *plan, struct error *err)
{
    const struct options *options = plan->options;
    const char *first = plan->workloads[0].given;
    bool has_script = false, has_workload = false;
    for (size_t i = 0; i < plan->workload_count; i++) {
        has_script |= plan->workloads[i].is_script;
        has_workload |= !plan->workloads[i].is_script;
    }
    if (!has_workload && (options->cycles > 1 || options->tick)) {
        error_set(err, "%s is for workloads, and '%s' defines no run(p)",
                  options->cycles > 1 ? "--cycles" : "--tick", first);
        return error_hint(err, "a script runs once, from its first line to its last");
    }
    if (options->arguments.count > 0 && !has_script) {
        error_set(err, "arguments behind '--' are for scripts, and '%s' defines run(p)", first);
        return error_hint(err, "set its parameters with -p NAME=VALUE, or run it with --script");
    }
    if (!isnan(options->duration) && !has_script) {
        error_set(err, "--duration is for scripts, and '%s' defines run(p)", first);
        return error_hint(err, "a workload ends by itself; --timeout bounds it");
    }
    return 0;
}

static void add_once(struct text_list *list, const char *text)
{
    for (size_t i = 0; i < list->count; i++) {
        if (strcmp(list->items[i], text) == 0) {
            return;
        }
    }
    text_list_add(list, text);
}

static int unknown_parameter(const struct plan *plan, const char *name, struct error *err)
{
    struct text_list known = {0};
    for (size_t i = 0; i < plan->workload_count; i++) {
        for (size_t j = 0; j < plan->workloads[i].parameter_count; j++) {
            add_once(&known, plan->workloads[i].parameters[j].name);
        }
    }
    error_set(err, "no workload has a parameter '%s'", name);
    if (known.count > 0) {
        cleanup_free char *near = text_nearest(name, (const char *const *)known.items, known.count);
        cleanup_free char *list = text_join(&known, ", ");
        error_hint(err, "%s%s%sknown are %s", near ? "did you mean " : "", near ? near : "",
                   near ? "? " : "", list);
    } else {
        error_hint(err, "a workload declares its parameters in PARAMS = {...}");
    }
    text_list_clear(&known);
    return -1;
}

const struct setting *plan_setting(const struct plan *plan, const char *name)
{
    for (size_t i = 0; i < plan->setting_count; i++) {
        if (strcmp(plan->settings[i].name, name) == 0) {
            return &plan->settings[i];
        }
    }
    return NULL;
}

char *plan_setting_hint(const struct plan *plan, const char *name)
{
    struct text_list names = {0};
    for (size_t i = 0; i < plan->setting_count; i++) {
        text_list_add(&names, plan->settings[i].name);
    }
    cleanup_free char *near = text_nearest(name, (const char *const *)names.items, names.count);
    cleanup_free char *all = text_join(&names, ", ");
    text_list_clear(&names);
    if (allocator_find(name)) {
        return text_format("add it with -a %s; this run has %s", name, all);
    }
    return near ? text_format("did you mean %s? This run has %s", near, all)
                : text_format("this run has %s; add one with -a", all);
}

static int load_settings(struct plan *plan, struct error *err)
{
    const struct text_list *given = &plan->options->allocators;
    if (given->count == 0) {
        return setting_defaults(&plan->settings, &plan->setting_count, err);
    }
    for (size_t i = 0; i < given->count; i++) {
        if (setting_parse(given->items[i], &plan->settings, &plan->setting_count, err)) {
            return -1;
        }
    }
    return 0;
}

/* A virtual environment made for another Python would mix two standard libraries. */
static int check_venv(const char *venv, struct error *err)
{
    cleanup_free char *packages =
        text_format("%s/lib/python" MEMBENCH_PYTHON_VERSION "/site-packages", venv);
    cleanup_free char *python = text_format("%s/bin/python3", venv);
    char resolved[PATH_MAX], own[PATH_MAX];
    if (access(packages, R_OK | X_OK) || !realpath(python, resolved)) {
        error_set(err, "'%s' is not a virtual environment of Python " MEMBENCH_PYTHON_VERSION,
                  venv);
    } else if (!realpath(MEMBENCH_PYTHON_PROGRAM, own) || strcmp(resolved, own) != 0) {
        error_set(err, "the virtual environment '%s' belongs to '%s'", venv, resolved);
    } else {
        return 0;
    }
    return error_hint(err, "membench embeds " MEMBENCH_PYTHON_PROGRAM "; make one with "
                           "'" MEMBENCH_PYTHON_PROGRAM " -m venv DIR' and give --venv DIR");
}

static int check_environment(const struct options *options, struct error *err)
{
    struct text_list tried = {0};
    int failed = 0;
    for (size_t i = 0; i < options->environment.count && !failed; i++) {
        failed = environment_add_given(&tried, options->environment.items[i], err);
    }
    text_list_clear(&tried);
    return failed;
}

/* One trial of every configuration: workload x allocator x object allocator. */
static size_t add_block(struct plan *plan, struct trial *block)
{
    size_t count = 0;
    for (size_t w = 0; w < plan->workload_count; w++) {
        for (size_t s = 0; s < plan->setting_count; s++) {
            for (int o = 0; o < OBJECT_ALLOCATOR_COUNT; o++) {
                if (plan->options->use_object_allocator[o]) {
                    block[count++] = (struct trial){.workload = &plan->workloads[w],
                                                    .setting = &plan->settings[s],
                                                    .object_allocator = (enum object_allocator)o};
                }
            }
        }
    }
    return count;
}

static void draw_trial(struct plan *plan, struct trial *trial)
{
    /* Drawn in either layout, so that the layout does not change the order. */
    uint32_t hash_seed = (uint32_t)random_below(&plan->random, UINT32_MAX) + 1;
    unsigned padding = (unsigned)random_below(&plan->random, MOST_PADDING);
    bool is_random = plan->options->layout == LAYOUT_RANDOM;
    trial->hash_seed = is_random ? hash_seed : 0;
    trial->padding = is_random ? padding : 0;
}

static unsigned next_block(const struct plan *plan)
{
    return plan->trial_count > 0 ? plan->trials[plan->trial_count - 1].block + 1 : 1;
}

static size_t most_of_block(const struct plan *plan)
{
    return plan->workload_count * plan->setting_count * OBJECT_ALLOCATOR_COUNT;
}

void plan_add_blocks(struct plan *plan, unsigned blocks)
{
    size_t most = most_of_block(plan);
    cleanup_free struct trial *block = text_allocate(most * sizeof *block);
    cleanup_free size_t *order = text_allocate(most * sizeof *order);
    size_t size = add_block(plan, block);
    for (; plan->blocks < blocks; plan->blocks++) {
        unsigned number = next_block(plan);
        random_order(&plan->random, order, size);
        for (size_t i = 0; i < size; i++) {
            struct trial *trial = &plan->trials[plan->trial_count++];
            *trial = block[order[i]];
            trial->number = (unsigned)plan->trial_count;
            trial->block = number;
            trial->position = (unsigned)i + 1;
            draw_trial(plan, trial);
        }
    }
}

unsigned plan_most_blocks(const struct options *options)
{
    bool may_grow = options->runs_auto && options->runs < OPTIONS_MOST_AUTO_RUNS;
    return may_grow ? OPTIONS_MOST_AUTO_RUNS : options->runs;
}

static void order_trials(struct plan *plan)
{
    /* Twice: each block may be repeated once, and records point to the trials. */
    size_t most = 2 * most_of_block(plan) * plan_most_blocks(plan->options);
    plan->trials = text_allocate(most * sizeof *plan->trials);
    plan->random = (struct random){.state = plan->options->seed};
    plan_add_blocks(plan, plan->options->runs);
}

void plan_repeat_block(struct plan *plan, unsigned block)
{
    size_t count = plan->trial_count;
    unsigned new_block = next_block(plan);
    for (size_t i = 0; i < count; i++) {
        if (plan->trials[i].block == block) {
            struct trial *trial = &plan->trials[plan->trial_count++];
            *trial = plan->trials[i];
            trial->number = (unsigned)plan->trial_count;
            trial->block = new_block;
            trial->repeats = block;
        }
    }
}

static int check_statements(const struct plan *plan, struct error *err)
{
    const struct options *options = plan->options;
    for (size_t i = 0; i < options->claim_count; i++) {
        if (claim_check(&options->claims[i], plan, err)) {
            return -1;
        }
    }
    for (size_t i = 0; i < options->gate_count; i++) {
        if (gate_check(&options->gates[i], plan, err)) {
            return -1;
        }
    }
    return 0;
}

int plan_make(struct plan *plan, const struct options *options, struct error *err)
{
    *plan = (struct plan){.options = options};
    if (load_workloads(plan, err) || check_kinds(plan, err) || check_environment(options, err) ||
        (options->venv && check_venv(options->venv, err))) {
        return -1;
    }
    for (size_t i = 0; i < options->parameters.count; i++) {
        if (set_parameter(plan, 0, options->parameters.items[i], err)) {
            return -1;
        }
    }
    if (load_settings(plan, err) || check_statements(plan, err)) {
        return -1;
    }
    order_trials(plan);
    return 0;
}

void plan_clear(struct plan *plan)
{
    for (size_t i = 0; i < plan->workload_count; i++) {
        workload_clear(&plan->workloads[i]);
    }
    for (size_t i = 0; i < plan->setting_count; i++) {
        setting_clear(&plan->settings[i]);
    }
    free(plan->workloads);
    free(plan->settings);
    free(plan->trials);
    *plan = (struct plan){0};
}

double plan_timeout(const struct plan *plan, const struct workload *workload)
{
    if (!isnan(plan->options->timeout)) {
        return plan->options->timeout;
    }
    return isnan(workload->timeout) ? default_timeout : workload->timeout;
}
