#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "plan/plan.h"
#include "tests/support/contains.h"
#include "tests/support/fake_worker.h"
#include "tests/support/scratch.h"

#define THREADS                                                                                    \
    "{\"kind\": \"workload\", \"summary\": \"\", \"parameters\": [[\"threads\", \"i\", \"8\"]]}"
#define SIZES                                                                                      \
    "{\"kind\": \"workload\", \"summary\": \"\", \"timeout\": 7, \"parameters\":"                  \
    " [[\"size\", \"i\", \"1\"], [\"threads\", \"i\", \"2\"]]}"

/* Two workloads and a script in a directory; options that name the workloads and two settings. */
struct desk {
    char *directory;
    struct options options;
    struct plan plan;
    struct error err;
};

static char *write_workload(struct desk *desk, const char *name, const char *answer)
{
    void *const state = desk->directory;
    return scratch_write_text(&state, name, answer);
}

static void add_workload(struct desk *desk, const char *name, const char *answer)
{
    cleanup_free char *path = write_workload(desk, name, answer);
    text_list_add(&desk->options.workloads, path);
}

static int setup(void **state)
{
    static struct desk desk;
    void *directory;
    if (scratch_setup(&directory)) {
        return -1;
    }
    desk = (struct desk){.directory = directory};
    unsetenv("VIRTUAL_ENV");
    options_init(&desk.options);
    desk.options.seed = 42;
    add_workload(&desk, "threads.py", THREADS);
    add_workload(&desk, "sizes.py", SIZES);
    text_list_add(&desk.options.allocators, "glibc");
    text_list_add(&desk.options.allocators, "mine=glibc;A=1");
    *state = &desk;
    return 0;
}

static int teardown(void **state)
{
    struct desk *desk = *state;
    void *directory = desk->directory;
    plan_clear(&desk->plan);
    options_clear(&desk->options);
    return scratch_teardown(&directory);
}

static const struct plan *make(struct desk *desk)
{
    plan_clear(&desk->plan);
    if (plan_make(&desk->plan, &desk->options, &desk->err)) {
        fail_msg("%s", desk->err.message);
    }
    return &desk->plan;
}

static void assert_refused(struct desk *desk, const char *message, const char *hint)
{
    plan_clear(&desk->plan);
    assert_int_equal(plan_make(&desk->plan, &desk->options, &desk->err), -1);
    assert_contains(desk->err.message, message);
    assert_contains(desk->err.hint, hint);
}

/* ---- the order of trials ---- */

static size_t configuration(const struct plan *plan, const struct trial *trial)
{
    size_t workload = (size_t)(trial->workload - plan->workloads);
    size_t setting = (size_t)(trial->setting - plan->settings);
    return (workload * plan->setting_count + setting) * OBJECT_ALLOCATOR_COUNT +
           trial->object_allocator;
}

static void every_block_holds_every_configuration_once(void **state)
{
    struct desk *desk = *state;
    desk->options.runs = 7;
    desk->options.use_object_allocator[OBJECT_MALLOC] = true;
    const struct plan *plan = make(desk);
    enum { CONFIGURATIONS = 8 };
    assert_int_equal(plan->trial_count, 7 * CONFIGURATIONS);
    for (unsigned block = 0; block < 7; block++) {
        unsigned seen[CONFIGURATIONS] = {0};
        for (unsigned i = 0; i < CONFIGURATIONS; i++) {
            const struct trial *trial = &plan->trials[block * CONFIGURATIONS + i];
            assert_int_equal(trial->number, block * CONFIGURATIONS + i + 1);
            assert_int_equal(trial->block, block + 1);
            assert_int_equal(trial->position, i + 1);
            seen[configuration(plan, trial)]++;
        }
        for (unsigned i = 0; i < CONFIGURATIONS; i++) {
            assert_int_equal(seen[i], 1);
        }
    }
}

static void only_the_object_allocators_asked_for_are_planned(void **state)
{
    struct desk *desk = *state;
    desk->options.use_object_allocator[OBJECT_PYMALLOC] = false;
    desk->options.use_object_allocator[OBJECT_MALLOC] = true;
    const struct plan *plan = make(desk);
    assert_int_equal(plan->trial_count, 5 * 4);
    for (size_t i = 0; i < plan->trial_count; i++) {
        assert_int_equal(plan->trials[i].object_allocator, OBJECT_MALLOC);
    }
}

/* All that the seed decides of a plan, as text. */
static char *fate(const struct plan *plan)
{
    char *text = text_copy("");
    for (size_t i = 0; i < plan->trial_count; i++) {
        const struct trial *trial = &plan->trials[i];
        char *longer = text_format("%s %zu:%u:%u", text, configuration(plan, trial),
                                   trial->hash_seed, trial->padding);
        free(text);
        text = longer;
    }
    return text;
}

static void the_same_seed_gives_the_same_plan(void **state)
{
    struct desk *desk = *state;
    cleanup_free char *first = fate(make(desk));
    cleanup_free char *again = fate(make(desk));
    assert_string_equal(first, again);
}

static void another_seed_gives_another_plan(void **state)
{
    struct desk *desk = *state;
    cleanup_free char *first = fate(make(desk));
    desk->options.seed++;
    cleanup_free char *other = fate(make(desk));
    assert_string_not_equal(first, other);
}

/* So that a plan of more runs continues one of fewer. */
static void more_runs_leave_the_first_blocks_as_they_are(void **state)
{
    struct desk *desk = *state;
    cleanup_free char *few = fate(make(desk));
    desk->options.runs = 9;
    cleanup_free char *many = fate(make(desk));
    assert_true(text_starts_with(many, few));
}

/* What a look adds is what the longer plan would have had, whatever was repeated before. */
static void added_blocks_are_those_of_a_longer_plan(void **state)
{
    struct desk *desk = *state;
    desk->options.runs = 12;
    cleanup_free char *wanted = fate(make(desk));
    desk->options.runs = 8;
    desk->options.runs_auto = true;
    make(desk);
    assert_int_equal(desk->plan.blocks, 8);
    plan_add_blocks(&desk->plan, 12);
    assert_int_equal(desk->plan.blocks, 12);
    cleanup_free char *grown = fate(&desk->plan);
    assert_string_equal(grown, wanted);
}

static void blocks_added_after_a_repetition_have_the_next_numbers(void **state)
{
    struct desk *desk = *state;
    desk->options.runs = 8;
    desk->options.runs_auto = true;
    make(desk);
    struct plan *plan = &desk->plan;
    size_t size = plan->trial_count / 8;
    plan_repeat_block(plan, 3);
    plan_add_blocks(plan, 9);
    const struct trial *repeated = &plan->trials[8 * size], *added = &plan->trials[9 * size];
    assert_int_equal(plan->trial_count, 10 * size);
    assert_int_equal(repeated->block, 9);
    assert_int_equal(repeated->repeats, 3);
    assert_int_equal(added->block, 10);
    assert_int_equal(added->repeats, 0);
    assert_int_equal(added->number, 9 * size + 1);
    plan_add_blocks(plan, 9); /* there are so many already */
    assert_int_equal(plan->trial_count, 10 * size);
}

static void there_is_room_for_all_that_may_be_added(void **state)
{
    (void)state;
    struct options options = {.runs = 8};
    assert_int_equal(plan_most_blocks(&options), 8);
    options.runs_auto = true;
    assert_int_equal(plan_most_blocks(&options), 20);
    options.runs = 25;
    assert_int_equal(plan_most_blocks(&options), 25);
}

static void blocks_differ_in_their_order(void **state)
{
    struct desk *desk = *state;
    desk->options.runs = 10;
    const struct plan *plan = make(desk);
    unsigned different = 0;
    for (size_t i = 4; i < plan->trial_count; i++) {
        different +=
            configuration(plan, &plan->trials[i]) != configuration(plan, &plan->trials[i % 4]);
    }
    assert_true(different > 0);
}

static void a_random_layout_draws_hash_seed_and_padding_for_each_trial(void **state)
{
    const struct plan *plan = make(*state);
    for (size_t i = 0; i < plan->trial_count; i++) {
        assert_true(plan->trials[i].hash_seed > 0);
        assert_true(plan->trials[i].padding < 4096);
        for (size_t j = 0; j < i; j++) {
            assert_int_not_equal(plan->trials[i].hash_seed, plan->trials[j].hash_seed);
        }
    }
}

static void a_fixed_layout_has_neither_and_the_same_order(void **state)
{
    struct desk *desk = *state;
    size_t order[20];
    const struct plan *plan = make(desk);
    assert_int_equal(plan->trial_count, 20);
    for (size_t i = 0; i < 20; i++) {
        order[i] = configuration(plan, &plan->trials[i]);
    }
    desk->options.layout = LAYOUT_FIXED;
    plan = make(desk);
    for (size_t i = 0; i < 20; i++) {
        assert_int_equal(plan->trials[i].hash_seed, 0);
        assert_int_equal(plan->trials[i].padding, 0);
        assert_int_equal(configuration(plan, &plan->trials[i]), order[i]);
    }
}

/* ---- workloads ---- */

static void a_plan_without_a_workload_is_refused(void **state)
{
    struct desk *desk = *state;
    text_list_clear(&desk->options.workloads);
    assert_refused(desk, "no workload is given", "give a Python file");
}

static void workloads_of_one_name_get_different_ones(void **state)
{
    struct desk *desk = *state;
    cleanup_free char *below = text_format("%s/below", desk->directory);
    assert_int_equal(mkdir(below, 0700), 0);
    add_workload(desk, "late-5.py", THREADS);
    add_workload(desk, "late.py", THREADS);
    add_workload(desk, "below/late.py", THREADS); /* "late-5", if that were free */
    const struct plan *plan = make(desk);
    assert_int_equal(plan->workload_count, 5);
    assert_string_equal(plan->workloads[0].name, "threads");
    for (size_t i = 0; i < 5; i++) {
        for (size_t j = 0; j < i; j++) {
            assert_string_not_equal(plan->workloads[i].name, plan->workloads[j].name);
        }
    }
}

static void order(struct desk *desk, const char *name, const char *parameter)
{
    struct workload_order *added = options_add_order(&desk->options);
    added->path = text_format("%s/sizes.py", desk->directory);
    added->name = text_copy(name);
    added->origin = text_copy("'ci.toml': workload[1]");
    text_list_add(&added->parameters, parameter);
}

static void a_plans_workload_may_be_ordered_twice_with_other_parameters(void **state)
{
    struct desk *desk = *state;
    text_list_clear(&desk->options.workloads);
    order(desk, "", "size=3");
    order(desk, "mine", "size=4");
    order(desk, "", "size=5");
    text_list_add(&desk->options.parameters, "threads=7");
    const struct plan *plan = make(desk);
    static const char *const names[] = {"sizes", "mine", "sizes-2"};
    static const char *const parameters[] = {"size=3 threads=7", "size=4 threads=7",
                                             "size=5 threads=7"};
    assert_int_equal(plan->workload_count, 3);
    for (size_t i = 0; i < 3; i++) {
        cleanup_free char *text = workload_parameters_text(&plan->workloads[i]);
        assert_string_equal(plan->workloads[i].name, names[i]);
        assert_string_equal(text, parameters[i]);
    }
}

static void workloads_of_the_command_line_replace_the_plans(void **state)
{
    struct desk *desk = *state;
    order(desk, "", "size=3");
    assert_int_equal(make(desk)->workload_count, 2);
}

static void a_plans_parameter_is_its_own_workloads(void **state)
{
    struct desk *desk = *state;
    text_list_clear(&desk->options.workloads);
    order(desk, "", "siez=3");
    assert_refused(desk, "'ci.toml': workload[1].parameters: no workload has a parameter 'siez'",
                   "did you mean 'size'");
}

static void a_plan_holds_what_its_claims_and_gates_name(void **state)
{
    struct desk *desk = *state;
    assert_int_equal(
        options_add_claim(&desk->options, "mine end.anon <= 1 * glibc", NULL, NULL, &desk->err), 0);
    make(desk);
    struct gate *gate = options_add_gate(&desk->options);
    assert_int_equal(gate_parse(gate, "anon", &desk->err), 0);
    make(desk);
    free(gate->control);
    gate->control = text_copy("scudo");
    assert_refused(desk, "control 'scudo'", "-a scudo");
    assert_int_equal(
        options_add_claim(&desk->options, "end.anon <= 3 on size", NULL, NULL, &desk->err), 0);
    assert_refused(desk, "workload 'size'", "did you mean 'sizes'");
}

static void arguments_need_a_script(void **state)
{
    struct desk *desk = *state;
    text_list_add(&desk->options.arguments, "--port");
    assert_refused(desk, "arguments behind '--' are for scripts", "-p NAME=VALUE");
    add_workload(desk, "script.py", FAKE_WORKER_SCRIPT);
    make(desk);
    assert_true(desk->plan.workloads[2].is_script);
}

static void a_duration_needs_a_script(void **state)
{
    struct desk *desk = *state;
    desk->options.duration = 3;
    assert_refused(desk, "--duration is for scripts", "--timeout bounds it");
    desk->options.as_script = true;
    make(desk);
}

static void the_timeout_is_the_users_then_the_workloads_then_300(void **state)
{
    struct desk *desk = *state;
    const struct plan *plan = make(desk);
    assert_true(plan_timeout(plan, &plan->workloads[0]) == 300);
    assert_true(plan_timeout(plan, &plan->workloads[1]) == 7);
    desk->options.timeout = 2.5;
    assert_true(plan_timeout(plan, &plan->workloads[0]) == 2.5);
    assert_true(plan_timeout(plan, &plan->workloads[1]) == 2.5);
}

/* ---- parameters ---- */

static void a_parameter_is_set_in_every_workload_that_has_it(void **state)
{
    struct desk *desk = *state;
    text_list_add(&desk->options.parameters, "threads=3");
    text_list_add(&desk->options.parameters, "size=99");
    const struct plan *plan = make(desk);
    cleanup_free char *first = workload_parameters_text(&plan->workloads[0]);
    cleanup_free char *second = workload_parameters_text(&plan->workloads[1]);
    assert_string_equal(first, "threads=3");
    assert_string_equal(second, "size=99 threads=3");
}

static void a_parameter_that_no_workload_has_is_refused_with_the_nearest(void **state)
{
    struct desk *desk = *state;
    text_list_add(&desk->options.parameters, "thread=3");
    assert_refused(desk, "no workload has a parameter 'thread'",
                   "did you mean 'threads'? known are threads, size");
}

static void a_parameter_without_a_name_or_value_is_refused(void **state)
{
    struct desk *desk = *state;
    text_list_add(&desk->options.parameters, "threads");
    assert_refused(desk, "'threads' is not a parameter", "-p NAME=VALUE");
    text_list_clear(&desk->options.parameters);
    text_list_add(&desk->options.parameters, "=3");
    assert_refused(desk, "'=3' is not a parameter", "-p NAME=VALUE");
}

static void a_parameter_of_the_wrong_type_is_refused(void **state)
{
    struct desk *desk = *state;
    text_list_add(&desk->options.parameters, "threads=many");
    assert_refused(desk, "parameter 'threads' of workload 'threads' cannot be 'many'",
                   "it is a whole number; its default is 8");
}

static void scripts_alone_have_no_parameters(void **state)
{
    struct desk *desk = *state;
    text_list_clear(&desk->options.workloads);
    add_workload(desk, "script.py", FAKE_WORKER_SCRIPT);
    text_list_add(&desk->options.parameters, "threads=3");
    assert_refused(desk, "no workload has a parameter 'threads'", "PARAMS = {...}");
}

/* ---- allocators and environment ---- */

static void a_bad_allocator_is_refused(void **state)
{
    struct desk *desk = *state;
    text_list_add(&desk->options.allocators, "glbic");
    assert_refused(desk, "unknown allocator 'glbic'", "'glibc'");
}

static void a_bad_variable_is_refused_before_the_first_trial(void **state)
{
    struct desk *desk = *state;
    text_list_add(&desk->options.environment, "LD_PRELOAD=/x.so");
    assert_refused(desk, "LD_PRELOAD", "define an allocator");
}

static void without_allocators_the_stock_ones_are_planned(void **state)
{
    struct desk *desk = *state;
    text_list_clear(&desk->options.allocators);
    const struct plan *plan = make(desk);
    /* The library of scudo is looked for by its path, which not every machine has. */
    assert_in_range(plan->setting_count, 5, 6);
    assert_string_equal(plan->settings[0].name, "glibc");
}

/* ---- virtual environments ---- */

/* A directory that looks like a virtual environment of the program that the link names. */
static char *make_venv(struct desk *desk, const char *name, const char *program)
{
    struct error err;
    char *venv = text_format("%s/%s", desk->directory, name);
    cleanup_free char *packages =
        text_format("%s/lib/python" MEMBENCH_PYTHON_VERSION "/site-packages", venv);
    cleanup_free char *programs = text_format("%s/bin", venv);
    cleanup_free char *python = text_format("%s/bin/python3", venv);
    assert_int_equal(file_make_directories(packages, &err), 0);
    assert_int_equal(file_make_directories(programs, &err), 0);
    assert_int_equal(symlink(program, python), 0);
    return venv;
}

static void a_virtual_environment_of_the_embedded_python_is_taken(void **state)
{
    struct desk *desk = *state;
    desk->options.venv = make_venv(desk, "venv", MEMBENCH_PYTHON_PROGRAM);
    make(desk);
}

static void a_virtual_environment_of_another_python_is_refused(void **state)
{
    struct desk *desk = *state;
    desk->options.venv = make_venv(desk, "other", "/bin/sh");
    assert_refused(desk, "other' belongs to '", "-m venv DIR");
}

static void a_directory_that_is_no_virtual_environment_is_refused(void **state)
{
    struct desk *desk = *state;
    desk->options.venv = text_copy(desk->directory);
    assert_refused(desk, "' is not a virtual environment of Python", "-m venv DIR");
}

#define desk_test(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(int argc, char **argv)
{
    fake_worker_begin(argc, argv);
    const struct CMUnitTest tests[] = {
        desk_test(every_block_holds_every_configuration_once),
        desk_test(only_the_object_allocators_asked_for_are_planned),
        desk_test(the_same_seed_gives_the_same_plan),
        desk_test(another_seed_gives_another_plan),
        desk_test(more_runs_leave_the_first_blocks_as_they_are),
        desk_test(added_blocks_are_those_of_a_longer_plan),
        desk_test(blocks_added_after_a_repetition_have_the_next_numbers),
        desk_test(there_is_room_for_all_that_may_be_added),
        desk_test(blocks_differ_in_their_order),
        desk_test(a_random_layout_draws_hash_seed_and_padding_for_each_trial),
        desk_test(a_fixed_layout_has_neither_and_the_same_order),
        desk_test(a_plan_without_a_workload_is_refused),
        desk_test(workloads_of_one_name_get_different_ones),
        desk_test(a_plans_workload_may_be_ordered_twice_with_other_parameters),
        desk_test(workloads_of_the_command_line_replace_the_plans),
        desk_test(a_plans_parameter_is_its_own_workloads),
        desk_test(a_plan_holds_what_its_claims_and_gates_name),
        desk_test(arguments_need_a_script),
        desk_test(a_duration_needs_a_script),
        desk_test(the_timeout_is_the_users_then_the_workloads_then_300),
        desk_test(a_parameter_is_set_in_every_workload_that_has_it),
        desk_test(a_parameter_that_no_workload_has_is_refused_with_the_nearest),
        desk_test(a_parameter_without_a_name_or_value_is_refused),
        desk_test(a_parameter_of_the_wrong_type_is_refused),
        desk_test(scripts_alone_have_no_parameters),
        desk_test(a_bad_allocator_is_refused),
        desk_test(a_bad_variable_is_refused_before_the_first_trial),
        desk_test(without_allocators_the_stock_ones_are_planned),
        desk_test(a_virtual_environment_of_the_embedded_python_is_taken),
        desk_test(a_virtual_environment_of_another_python_is_refused),
        desk_test(a_directory_that_is_no_virtual_environment_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
