#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "run/launch.h"
#include "tests/support/contains.h"
#include "tests/support/fake_plan.h"
#include "tests/support/fake_worker.h"

struct desk {
    struct fake_plan fake;
    struct text_list argv, environment;
    struct error err;
};

static int setup(void **state)
{
    static struct desk desk;
    desk = (struct desk){0};
    fake_plan_init(&desk.fake, "obeys");
    *state = &desk;
    return 0;
}

static int teardown(void **state)
{
    struct desk *desk = *state;
    text_list_clear(&desk->argv);
    text_list_clear(&desk->environment);
    fake_plan_clear(&desk->fake);
    return 0;
}

/* The command line without the worker's path, joined by spaces. */
static char *prepare(struct desk *desk)
{
    int failed = launch_prepare(&desk->fake.plan, &desk->fake.trial, &desk->argv,
                                &desk->environment, &desk->err);
    assert_int_equal(failed, 0);
    cleanup_free char *line = text_join(&desk->argv, " ");
    return text_copy(strchr(line, ' ') + 1);
}

static void a_plain_trial_has_a_short_command_line(void **state)
{
    struct desk *desk = *state;
    cleanup_free char *line = prepare(desk);
    assert_string_equal(line,
                        "--wire 200 --stacks 201 --hash-seed 5 --cycles 1 --settle 1 -- obeys");
    assert_contains(desk->argv.items[0], "/membench-worker");
}

static void parameters_carry_their_type(void **state)
{
    struct desk *desk = *state;
    struct workload *workload = &desk->fake.workload;
    workload->parameters = text_allocate(2 * sizeof *workload->parameters);
    workload->parameter_count = 2;
    workload->parameters[0] = (struct parameter){text_copy("threads"), 'i', text_copy("8")};
    workload->parameters[1] = (struct parameter){text_copy("mode"), 's', text_copy("a b")};
    cleanup_free char *line = prepare(desk);
    assert_contains(line, "--parameter threads=i:8 --parameter mode=s:a b --");
    assert_string_equal(desk->argv.items[desk->argv.count - 3], "mode=s:a b");
}

static void a_setting_brings_its_library_and_its_variables(void **state)
{
    struct desk *desk = *state;
    desk->fake.setting.library = text_copy("/lib/libmine.so");
    text_list_add(&desk->fake.setting.environment, "MALLOC_CONF=narenas:1");
    text_list_add(&desk->fake.options.environment, "MALLOC_CONF=narenas:9");
    text_list_add(&desk->fake.options.environment, "COLOUR=blue");
    cleanup_free char *line = prepare(desk);
    cleanup_free char *environment = text_join(&desk->environment, "\n");
    assert_contains(line, "--library /lib/libmine.so");
    assert_contains(environment, "\nMALLOC_CONF=narenas:1\nCOLOUR=blue\n");
    assert_contains(environment, "\nLD_PRELOAD=/lib/libmine.so");
    assert_lacks(environment, "narenas:9");
}

static void options_of_the_run_are_handed_on(void **state)
{
    struct desk *desk = *state;
    desk->fake.options.cycles = 3;
    desk->fake.options.settle = 0.25;
    desk->fake.options.tick = true;
    desk->fake.options.venv = text_copy("/some/venv");
    desk->fake.trial.object_allocator = OBJECT_MALLOC;
    cleanup_free char *line = prepare(desk);
    assert_contains(line, "--cycles 3 --settle 0.25 --venv /some/venv --malloc --tick --");
    assert_lacks(line, "--script");
}

static void only_a_script_gets_arguments_and_an_interrupt(void **state)
{
    struct desk *desk = *state;
    desk->fake.options.duration = 5;
    text_list_add(&desk->fake.options.arguments, "--port");
    text_list_add(&desk->fake.options.arguments, "0");
    cleanup_free char *workload = prepare(desk);
    assert_true(strcmp(strstr(workload, " -- "), " -- obeys") == 0);
    assert_lacks(workload, "--interruptible");
    text_list_clear(&desk->argv);
    desk->fake.workload.is_script = true;
    cleanup_free char *script = prepare(desk);
    assert_contains(script, "--script --interruptible -- obeys --port 0");
}

static void the_padding_has_the_drawn_size(void **state)
{
    struct desk *desk = *state;
    for (unsigned padding = 0; padding <= 4095; padding += 4095) {
        text_list_clear(&desk->environment);
        desk->fake.trial.padding = padding;
        free(prepare(desk));
        const char *last = desk->environment.items[desk->environment.count - 1];
        assert_true(text_starts_with(last, "MEMBENCH_PADDING="));
        assert_int_equal(strlen(last), strlen("MEMBENCH_PADDING=") + padding);
    }
}

static void a_bad_variable_is_an_error(void **state)
{
    struct desk *desk = *state;
    text_list_add(&desk->fake.options.environment, "LD_PRELOAD=/x.so");
    assert_int_equal(launch_prepare(&desk->fake.plan, &desk->fake.trial, &desk->argv,
                                    &desk->environment, &desk->err),
                     -1);
    assert_contains(desk->err.message, "LD_PRELOAD");
}

#define desk_test(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(int argc, char **argv)
{
    fake_worker_begin(argc, argv);
    const struct CMUnitTest tests[] = {
        desk_test(a_plain_trial_has_a_short_command_line),
        desk_test(parameters_carry_their_type),
        desk_test(a_setting_brings_its_library_and_its_variables),
        desk_test(options_of_the_run_are_handed_on),
        desk_test(only_a_script_gets_arguments_and_an_interrupt),
        desk_test(the_padding_has_the_drawn_size),
        desk_test(a_bad_variable_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
