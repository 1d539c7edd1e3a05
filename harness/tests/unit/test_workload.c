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
#include "plan/workload.h"
#include "tests/support/contains.h"
#include "tests/support/fake_worker.h"
#include "tests/support/scratch.h"

/* ---- what the file declares ---- */

static void workload_load_takes_what_the_worker_describes(void **state)
{
    struct error err = {0};
    struct workload workload;
    cleanup_free char *path = scratch_write_text(
        state, "bursts.py",
        "{\"kind\": \"workload\", \"summary\": \"Two\\u001b[1m bursts\", \"timeout\": 12.5,"
        " \"expect\": \"crashed\", \"parameters\":"
        " [[\"threads\", \"i\", \"8\"], [\"mode\", \"s\", \"fast\"]]}");
    assert_int_equal(workload_load(&workload, path, false, &err), 0);
    assert_string_equal(workload.path, path);
    assert_string_equal(workload.name, "bursts");
    assert_string_equal(workload.summary, "Two?[1m bursts");
    assert_false(workload.is_script);
    assert_true(workload.timeout == 12.5);
    assert_int_equal(workload.expect, OUTCOME_CRASHED);
    cleanup_free char *parameters = workload_parameters_text(&workload);
    assert_string_equal(parameters, "threads=8 mode=fast");
    assert_int_equal(workload.parameters[1].type, 's');
    workload_clear(&workload);
}

static void workload_load_has_defaults_for_what_is_not_declared(void **state)
{
    struct error err = {0};
    struct workload workload;
    cleanup_free char *path = scratch_write_text(state, "plain", FAKE_WORKER_RUN);
    assert_int_equal(workload_load(&workload, path, false, &err), 0);
    assert_string_equal(workload.name, "plain");
    assert_true(isnan(workload.timeout));
    assert_int_equal(workload.expect, OUTCOME_OK);
    cleanup_free char *parameters = workload_parameters_text(&workload);
    assert_string_equal(parameters, "");
    workload_clear(&workload);
}

static void a_file_without_run_is_a_script_and_any_can_be_run_as_one(void **state)
{
    struct error err = {0};
    struct workload workload;
    cleanup_free char *script = scratch_write_text(state, "script.py", FAKE_WORKER_SCRIPT);
    cleanup_free char *run = scratch_write_text(state, "run.py", FAKE_WORKER_RUN);
    assert_int_equal(workload_load(&workload, script, false, &err), 0);
    assert_true(workload.is_script);
    workload_clear(&workload);
    assert_int_equal(workload_load(&workload, run, true, &err), 0);
    assert_true(workload.is_script);
    workload_clear(&workload);
}

static void workload_load_passes_on_what_is_wrong_with_the_file(void **state)
{
    struct error err = {0};
    struct workload workload;
    cleanup_free char *path = scratch_write_text(
        state, "bad.py", "{\"error\": \"line 3: invalid syntax\", \"hint\": \"look there\"}");
    assert_int_equal(workload_load(&workload, path, false, &err), -1);
    assert_contains(err.message, "bad.py': line 3: invalid syntax");
    assert_string_equal(err.hint, "look there");
    workload_clear(&workload);
}

static void workload_load_shows_what_a_worker_without_an_answer_printed(void **state)
{
    struct error err = {0};
    struct workload workload;
    static const char *const answers[] = {"Fatal Python error: no encodings", "[1, 2]",
                                          "{\"kind\": ", "{\"kind\": 1, \"kind\": 2}"};
    for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
        cleanup_free char *path = scratch_write_text(state, "odd.py", answers[i]);
        assert_int_equal(workload_load(&workload, path, false, &err), -1);
        assert_contains(err.message, "odd.py': cannot find out what it declares: ");
        assert_contains(err.message, answers[i]);
        workload_clear(&workload);
    }
}

/* ---- which file it is ---- */

static void a_relative_path_becomes_absolute_and_a_link_stays_a_link(void **state)
{
    struct error err = {0};
    struct workload workload;
    cleanup_free char *before = getcwd(NULL, 0);
    free(scratch_write_text(state, "target.py", FAKE_WORKER_SCRIPT));
    cleanup_free char *link_path = scratch_path(state, "link.py");
    assert_int_equal(symlink("target.py", link_path), 0);
    assert_int_equal(chdir(*state), 0);
    cleanup_free char *here = getcwd(NULL, 0);
    cleanup_free char *expected = text_format("%s/link.py", here);
    int failed = workload_load(&workload, "link.py", false, &err);
    assert_int_equal(chdir(before), 0);
    assert_int_equal(failed, 0);
    assert_string_equal(workload.path, expected);
    assert_string_equal(workload.given, "link.py");
    assert_string_equal(workload.name, "link");
    workload_clear(&workload);
}

static void assert_refused(const char *given, const char *message, const char *hint)
{
    struct error err = {0};
    struct workload workload;
    assert_int_equal(workload_load(&workload, given, false, &err), -1);
    assert_contains(err.message, message);
    assert_contains(err.hint, hint);
    workload_clear(&workload);
}

static void what_is_no_file_is_refused(void **state)
{
    cleanup_free char *fifo = scratch_path(state, "fifo");
    assert_int_equal(mkfifo(fifo, 0600), 0);
    assert_refused(*state, "' is a directory", "give a Python file");
    assert_refused(fifo, "fifo' is not a regular file", "each trial reads it anew");
    assert_refused("/dev/null", "'/dev/null' is not a regular file", "give a Python file");
    cleanup_free char *file = scratch_write_text(state, "file", "");
    cleanup_free char *below = text_format("%s/below.py", file);
    assert_refused(below, "Not a directory", "");
}

static void a_file_that_does_not_exist_is_refused(void **state)
{
    (void)state;
    assert_refused("quite-another-thing.py", "there is no file 'quite-another-thing.py'",
                   "'membench list workloads' shows the shipped ones");
}

static void a_name_near_a_shipped_one_is_refused_with_that(void **state)
{
    (void)state;
    struct error err;
    struct text_list paths = {0};
    assert_int_equal(workload_shipped(&paths, &err), 0);
    assert_true(paths.count > 0);
    cleanup_free char *name = text_copy(file_basename(paths.items[0]));
    name[strlen(name) - strlen(".py")] = '\0';
    cleanup_free char *suggestion = text_format("did you mean '%s'", name);
    name[strlen(name) - 1] = '_';
    assert_refused(name, "there is no file", suggestion);
    text_list_clear(&paths);
}

/* It is not JSON, so the fake worker's answer is refused, but the file was found. */
static void a_shipped_workload_is_found_by_its_name(void **state)
{
    (void)state;
    struct error err;
    struct workload workload;
    struct text_list paths = {0};
    assert_int_equal(workload_shipped(&paths, &err), 0);
    cleanup_free char *name = text_copy(file_basename(paths.items[0]));
    name[strlen(name) - strlen(".py")] = '\0';
    assert_int_equal(workload_load(&workload, name, false, &err), -1);
    assert_contains(err.message, "cannot find out what it declares");
    assert_string_equal(workload.path, paths.items[0]);
    assert_string_equal(workload.given, paths.items[0]);
    assert_string_equal(workload.name, name);
    workload_clear(&workload);
    text_list_clear(&paths);
}

static void workload_shipped_lists_python_files_in_order(void **state)
{
    (void)state;
    struct error err;
    struct text_list paths = {0};
    assert_int_equal(workload_shipped(&paths, &err), 0);
    for (size_t i = 0; i < paths.count; i++) {
        assert_contains(paths.items[i], ".py");
        assert_true(i == 0 || strcmp(paths.items[i - 1], paths.items[i]) < 0);
    }
    text_list_clear(&paths);
}

/* ---- parameters ---- */

static int setup_parameters(void **state)
{
    static struct workload workload;
    static const struct {
        const char *name;
        char type;
        const char *value;
    } declared[] = {{"threads", 'i', "8"},
                    {"keep", 'f', "0.04"},
                    {"warm", 'b', "False"},
                    {"mode", 's', "fast"}};
    workload = (struct workload){.name = text_copy("bursts"), .parameter_count = 4};
    workload.parameters = text_allocate(4 * sizeof *workload.parameters);
    for (size_t i = 0; i < 4; i++) {
        workload.parameters[i] = (struct parameter){.name = text_copy(declared[i].name),
                                                    .type = declared[i].type,
                                                    .value = text_copy(declared[i].value)};
    }
    *state = &workload;
    return 0;
}

static int clear_parameters(void **state)
{
    workload_clear(*state);
    return 0;
}

static void assert_set(struct workload *workload, const char *name, const char *value,
                       const char *python)
{
    struct error err = {0};
    assert_int_equal(workload_set(workload, name, value, &err), 1);
    for (size_t i = 0; i < workload->parameter_count; i++) {
        if (strcmp(workload->parameters[i].name, name) == 0) {
            assert_string_equal(workload->parameters[i].value, python);
        }
    }
}

static void assert_does_not_fit(struct workload *workload, const char *name, const char *value)
{
    struct error err = {0};
    cleanup_free char *before = workload_parameters_text(workload);
    assert_int_equal(workload_set(workload, name, value, &err), -1);
    cleanup_free char *named =
        text_format("parameter '%s' of workload 'bursts' cannot be '%s'", name, value);
    assert_string_equal(err.message, named);
    assert_contains(err.hint, "its default is ");
    cleanup_free char *after = workload_parameters_text(workload);
    assert_string_equal(after, before);
}

static void a_whole_number_takes_whole_numbers(void **state)
{
    assert_set(*state, "threads", "-16", "-16");
    assert_does_not_fit(*state, "threads", "1.5");
    assert_does_not_fit(*state, "threads", "many");
    assert_does_not_fit(*state, "threads", "");
    assert_does_not_fit(*state, "threads", "99999999999999999999");
}

static void a_number_takes_finite_numbers(void **state)
{
    assert_set(*state, "keep", "1", "1");
    assert_set(*state, "keep", "-2.5e-3", "-2.5e-3");
    assert_does_not_fit(*state, "keep", "nan");
    assert_does_not_fit(*state, "keep", "1e999");
    assert_does_not_fit(*state, "keep", "__import__('os')");
}

static void true_or_false_is_written_as_python_does(void **state)
{
    assert_set(*state, "warm", "yes", "True");
    assert_set(*state, "warm", "0", "False");
    assert_set(*state, "warm", "true", "True");
    assert_does_not_fit(*state, "warm", "2");
    assert_does_not_fit(*state, "warm", "");
}

static void text_takes_anything(void **state)
{
    assert_set(*state, "mode", "", "");
    assert_set(*state, "mode", "a=b 'c'", "a=b 'c'");
}

static void a_parameter_of_another_name_is_left_alone(void **state)
{
    struct error err = {0};
    assert_int_equal(workload_set(*state, "thread", "1", &err), 0);
    assert_int_equal(workload_set(*state, "", "1", &err), 0);
    assert_string_equal(err.message, "");
    cleanup_free char *parameters = workload_parameters_text(*state);
    assert_string_equal(parameters, "threads=8 keep=0.04 warm=False mode=fast");
}

#define parameter_test(function)                                                                   \
    cmocka_unit_test_setup_teardown(function, setup_parameters, clear_parameters)

int main(int argc, char **argv)
{
    fake_worker_begin(argc, argv);
    const struct CMUnitTest tests[] = {
        scratch_test(workload_load_takes_what_the_worker_describes),
        scratch_test(workload_load_has_defaults_for_what_is_not_declared),
        scratch_test(a_file_without_run_is_a_script_and_any_can_be_run_as_one),
        scratch_test(workload_load_passes_on_what_is_wrong_with_the_file),
        scratch_test(workload_load_shows_what_a_worker_without_an_answer_printed),
        scratch_test(a_relative_path_becomes_absolute_and_a_link_stays_a_link),
        scratch_test(what_is_no_file_is_refused),
        cmocka_unit_test(a_file_that_does_not_exist_is_refused),
        cmocka_unit_test(a_name_near_a_shipped_one_is_refused_with_that),
        cmocka_unit_test(a_shipped_workload_is_found_by_its_name),
        cmocka_unit_test(workload_shipped_lists_python_files_in_order),
        parameter_test(a_whole_number_takes_whole_numbers),
        parameter_test(a_number_takes_finite_numbers),
        parameter_test(true_or_false_is_written_as_python_does),
        parameter_test(text_takes_anything),
        parameter_test(a_parameter_of_another_name_is_left_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
