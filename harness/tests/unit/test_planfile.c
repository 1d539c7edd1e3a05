/* What the JSON of a plan becomes. How TOML becomes that JSON is tested with the real worker, in
 * integration/test_plans.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "plan/planfile.h"
#include "tests/support/contains.h"
#include "tests/support/fake_worker.h"
#include "tests/support/scratch.h"

/* `*state` is the directory that the plan lies in. */
static int apply(void *const *state, struct options *options, const char *json, struct error *err)
{
    options->plan_path = scratch_path(state, "ci.toml");
    options->plan_json = text_copy(json);
    return planfile_apply(options, err);
}

static void apply_well(void *const *state, struct options *options, const char *json)
{
    struct error err = {0};
    if (apply(state, options, json, &err)) {
        fail_msg("%s", err.message);
    }
}

static void a_plan_sets_what_the_command_line_may_set(void **state)
{
    struct options options;
    options_init(&options);
    apply_well(state, &options,
               "{\"title\": \"T\", \"description\": \"D\", \"run\": {\"runs\": 9, \"cycles\": 3, "
               "\"settle\": 0.25, \"tick\": true, \"timeout\": 7, \"seed\": 11, "
               "\"layout\": \"fixed\", \"thp\": \"off\", \"object-allocator\": \"both\", "
               "\"memory-limit\": \"2GiB\", \"allocators\": [\"glibc\", \"x=glibc;A=1\"]}}");
    assert_string_equal(options.title, "T");
    assert_string_equal(options.description, "D");
    assert_int_equal(options.runs, 9);
    assert_false(options.runs_auto);
    assert_int_equal(options.cycles, 3);
    assert_true(options.settle == 0.25);
    assert_true(options.tick);
    assert_true(options.timeout == 7);
    assert_int_equal(options.seed, 11);
    assert_int_equal(options.layout, LAYOUT_FIXED);
    assert_true(options.no_huge_pages);
    assert_true(options.use_object_allocator[OBJECT_MALLOC]);
    assert_int_equal(options.memory_limit, 2ull << 30);
    assert_int_equal(options.allocators.count, 2);
    assert_string_equal(options.allocators.items[1], "x=glibc;A=1");
    options_clear(&options);
}

static void the_command_line_goes_before_the_plan(void **state)
{
    struct options options;
    struct error err;
    options_init(&options);
    text_list_add(&options.given, "runs");
    text_list_add(&options.given, "alloc");
    text_list_add(&options.allocators, "jemalloc");
    options_set_runs(&options, "2", &err);
    apply_well(state, &options,
               "{\"run\": {\"runs\": 9, \"cycles\": 3, \"allocators\": [\"glibc\"]}}");
    assert_int_equal(options.runs, 2);
    assert_int_equal(options.cycles, 3);
    assert_int_equal(options.allocators.count, 1);
    assert_string_equal(options.allocators.items[0], "jemalloc");
    options_clear(&options);
}

static void workloads_have_parameters_of_their_own(void **state)
{
    cleanup_free char *file = scratch_write_text(state, "app.py", "");
    struct options options;
    options_init(&options);
    apply_well(state, &options,
               "{\"workload\": [{\"file\": \"app.py\", \"parameters\": {\"n\": 8, \"f\": 0.1, "
               "\"b\": true, \"s\": \"a=b\"}}, {\"file\": \"sub/x.py\", \"name\": \"other\"}, "
               "{\"file\": \"idle\"}]}");
    assert_int_equal(options.order_count, 3);
    const struct workload_order *first = &options.orders[0];
    cleanup_free char *joined = text_join(&first->parameters, "|");
    assert_string_equal(joined, "n=8|f=0.1|b=true|s=a=b");
    assert_string_equal(first->path, file);
    assert_null(first->name);
    assert_contains(first->origin, "ci.toml': workload[1]");
    cleanup_free char *beside = scratch_path(state, "sub/x.py");
    assert_string_equal(options.orders[1].path, beside);
    assert_string_equal(options.orders[1].name, "other");
    assert_contains(options.orders[2].path, "workloads/idle.py");
    options_clear(&options);
}

static void a_file_beside_the_plan_goes_before_a_shipped_workload(void **state)
{
    cleanup_free char *file = scratch_write_text(state, "idle", "");
    struct options options;
    options_init(&options);
    apply_well(state, &options, "{\"workload\": [{\"file\": \"idle\"}]}");
    assert_string_equal(options.orders[0].path, file);
    options_clear(&options);
}

static void claims_are_added_to_those_of_the_command_line(void **state)
{
    struct options options;
    struct error err;
    options_init(&options);
    assert_int_equal(options_add_claim(&options, "end.anon <= 1GiB", NULL, NULL, &err), 0);
    apply_well(state, &options,
               "{\"claim\": [{\"text\": \"end.anon <= 3MiB\", \"title\": \"small\", "
               "\"source\": \"https://example.org\"}, {\"text\": \"end.rss <= 4MiB\"}]}");
    assert_int_equal(options.claim_count, 3);
    assert_string_equal(options.claims[0].title, "");
    assert_string_equal(options.claims[1].title, "small");
    assert_string_equal(options.claims[1].source, "https://example.org");
    assert_true(options.claims[1].bound == 3 * 0x1p20);
    assert_string_equal(options.claims[2].source, "");
    options_clear(&options);
}

static void gates_have_levels_thresholds_and_controls(void **state)
{
    struct options options;
    options_init(&options);
    apply_well(state, &options,
               "{\"gate\": {\"end.anon\": {\"level\": \"warn\", \"threshold\": 0.05, "
               "\"control\": \"glibc\"}, \"anon\": {}, \"cpu_seconds\": {\"level\": \"off\"}, "
               "\"settled\": {\"anon\": {\"threshold\": 0}}}}");
    assert_int_equal(options.gate_count, 4);
    const struct gate *gates = options.gates;
    assert_string_equal(gates[0].phase, "end");
    assert_int_equal(gates[0].metric, METRIC_ANON);
    assert_int_equal(gates[0].level, GATE_WARN);
    assert_true(gates[0].threshold == 0.05);
    assert_string_equal(gates[0].control, "glibc");
    assert_string_equal(gates[1].phase, "");
    assert_int_equal(gates[1].level, GATE_ERROR);
    assert_true(gates[1].threshold == 0.03);
    assert_int_equal(gates[2].level, GATE_OFF);
    assert_true(gates[2].threshold == 0.1);
    assert_string_equal(gates[3].phase, "settled");
    assert_true(gates[3].threshold == 0);
    options_clear(&options);
}

static void claims_and_gates_make_the_runs_auto_unless_they_are_given(void **state)
{
    static const struct {
        const char *json;
        unsigned runs;
        bool is_auto;
    } plans[] = {{"{}", 5, false},
                 {"{\"gate\": {\"anon\": {}}}", OPTIONS_AUTO_RUNS, true},
                 {"{\"claim\": [{\"text\": \"end.anon <= 3\"}]}", OPTIONS_AUTO_RUNS, true},
                 {"{\"run\": {\"runs\": \"auto\"}}", OPTIONS_AUTO_RUNS, true},
                 {"{\"run\": {\"runs\": 3}, \"gate\": {\"anon\": {}}}", 3, false}};
    for (size_t i = 0; i < sizeof plans / sizeof *plans; i++) {
        struct options options;
        options_init(&options);
        apply_well(state, &options, plans[i].json);
        options_choose_runs(&options);
        assert_int_equal(options.runs, plans[i].runs);
        assert_int_equal(options.runs_auto, plans[i].is_auto);
        options_clear(&options);
    }
}

static void errors_name_the_file_the_path_and_the_nearest_key(void **state)
{
    static const struct {
        const char *json, *message, *hint;
    } wrong[] = {
        {"{\"worklod\": []}", "ci.toml': worklod: unknown key", "did you mean 'workload'"},
        {"{\"run\": {\"setle\": 1}}", "ci.toml': run.setle: unknown key", "did you mean 'settle'"},
        {"{\"run\": {\"runs\": 1.5}}", "run.runs: a number with a point, where a whole number", ""},
        {"{\"run\": {\"runs\": \"many\"}}", "run.runs: 'many' is not a whole number", ""},
        {"{\"run\": {\"runs\": 0}}", "run.runs: '0' is not a whole number from 1", ""},
        {"{\"run\": {\"cycles\": \"3\"}}", "run.cycles: a text, where a whole number", ""},
        {"{\"run\": {\"settle\": []}}", "run.settle: a list, where a number", ""},
        {"{\"run\": {\"tick\": 1}}", "run.tick: a whole number, where true or false", ""},
        {"{\"run\": {\"layout\": \"fix\"}}", "run.layout: there is no layout 'fix'", "fixed"},
        {"{\"run\": {\"memory-limit\": \"2 bags\"}}", "run.memory-limit: '2 bags'", "2GiB"},
        {"{\"run\": {\"allocators\": \"glibc\"}}", "run.allocators: a text, where a list", "[\""},
        {"{\"run\": {\"allocators\": [\"a\", 3]}}", "run.allocators[2]: a whole number", ""},
        {"{\"run\": 3}", "run: a whole number, where a table should stand", "[run]"},
        {"{\"title\": 3}", "title: a whole number, where a text in quotes", ""},
        {"{\"workload\": {\"file\": \"a\"}}", "workload: a table, where a list", "[[workload]]"},
        {"{\"workload\": [{\"file\": \"a\"}, {}]}", "workload[2]: it has no file", "file ="},
        {"{\"workload\": [{\"fiel\": \"a\"}]}", "workload[1].fiel: unknown key", "'file'"},
        {"{\"workload\": [{\"file\": \"a\", \"name\": \"a b\"}]}", "workload[1].name: 'a b'", ""},
        {"{\"workload\": [{\"file\": \"a\", \"parameters\": 3}]}", "workload[1].parameters: ", ""},
        {"{\"workload\": [{\"file\": \"a\", \"parameters\": {\"a b\": []}}]}",
         "workload[1].parameters.\"a b\": a list", ""},
        {"{\"claim\": [{}]}", "claim[1]: it has no text", "text ="},
        {"{\"claim\": [{\"text\": \"end.anno <= 3\"}]}", "claim[1].text: cannot read the claim",
         "did you mean 'anon'"},
        {"{\"gate\": {\"anno\": {}}}", "gate.anno: unknown metric 'anno'", "did you mean 'anon'"},
        {"{\"gate\": {\"end.anno\": {}}}", "gate.\"end.anno\": unknown metric", "'anon'"},
        {"{\"gate\": {\"end.anon\": {\"levle\": 1}}}", "gate.\"end.anon\".levle: unknown key",
         "did you mean 'level'"},
        {"{\"gate\": {\"end.anon\": {\"level\": \"eror\"}}}", "gate.\"end.anon\".level: ", "warn"},
        {"{\"gate\": {\"anon\": {\"threshold\": \"3 %\"}}}", "gate.anon.threshold: ", "0.03"},
        {"{\"gate\": {\"anon\": {\"threshold\": -1}}}", "gate.anon.threshold: ", "0.03"},
        {"{\"gate\": {\"anon\": 3}}", "gate.anon: a whole number, where a table", ""},
        {"[]", "is damaged", ""},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct options options;
        struct error err = {0};
        options_init(&options);
        print_message("%s\n", wrong[i].json);
        int failed = apply(state, &options, wrong[i].json, &err);
        assert_int_equal(failed, -1);
        assert_contains(err.message, wrong[i].message);
        assert_contains(err.hint, wrong[i].hint);
        options_clear(&options);
    }
}

static void a_claim_in_a_plan_keeps_its_caret(void **state)
{
    struct options options;
    struct error err = {0};
    options_init(&options);
    assert_int_equal(apply(state, &options, "{\"claim\": [{\"text\": \"end.anno <= 3\"}]}", &err),
                     -1);
    assert_string_equal(err.excerpt, "end.anno <= 3");
    assert_int_equal(err.caret, 4);
    options_clear(&options);
}

static void a_gate_that_stands_there_twice_is_refused(void **state)
{
    struct options options;
    struct error err = {0};
    options_init(&options);
    assert_int_equal(apply(state, &options,
                           "{\"gate\": {\"end.anon\": {}, \"anon\": {}, \"end\": "
                           "{\"anon\": {\"level\": \"off\"}, \"rss\": {}}}}",
                           &err),
                     -1);
    assert_contains(err.message, "gate.end.anon: the gate stands there twice");
    options_clear(&options);
}

/* ---- the file itself ---- */

static int read_file(const char *path, struct options *options, struct error *err)
{
    options_init(options);
    options->plan_path = text_copy(path);
    return planfile_read(options, err);
}

static void the_workers_answer_is_kept(void **state)
{
    struct options options;
    struct error err = {0};
    cleanup_free char *path =
        scratch_write_text(state, "ci.toml", "{\"plan\": {\"run\": {\"runs\": 3}}}");
    assert_int_equal(read_file(path, &options, &err), 0);
    assert_string_equal(options.plan_json, "{\"run\":{\"runs\":3}}");
    assert_string_equal(options.plan_path, path);
    options_clear(&options);
}

static void what_the_worker_refuses_is_told_with_its_place(void **state)
{
    struct options options;
    struct error err = {0};
    cleanup_free char *path = scratch_write_text(
        state, "ci.toml",
        "{\"error\": \"expected '='\", \"hint\": \"a plan is TOML\", \"line\": 3, \"column\": 4, "
        "\"excerpt\": \"\xc3\xa9\xc3\xa9 x\"}");
    assert_int_equal(read_file(path, &options, &err), -1);
    assert_contains(err.message, "ci.toml': line 3, column 4: expected '='");
    assert_string_equal(err.hint, "a plan is TOML");
    assert_int_equal(err.caret, 3);
    options_clear(&options);
}

static void a_file_that_cannot_be_a_plan_is_refused_unread(void **state)
{
    static const struct {
        const char *name, *message;
    } wrong[] = {{"missing.toml", "No such file"},
                 {"directory", "not a regular file"},
                 {"pipe", "not a regular file"},
                 {"huge.toml", "too large"}};
    cleanup_free char *directory = scratch_path(state, "directory");
    cleanup_free char *pipe = scratch_path(state, "pipe");
    assert_int_equal(mkdir(directory, 0777), 0);
    assert_int_equal(mkfifo(pipe, 0666), 0);
    enum { HUGE_BYTES = 128 * 1024 + 1 };
    cleanup_free char *bytes = text_allocate(HUGE_BYTES);
    memset(bytes, '#', HUGE_BYTES);
    cleanup_free char *huge = scratch_write(state, "huge.toml", bytes, HUGE_BYTES);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct options options;
        struct error err = {0};
        cleanup_free char *path = scratch_path(state, wrong[i].name);
        assert_int_equal(read_file(path, &options, &err), -1);
        assert_contains(err.message, wrong[i].message);
        assert_contains(err.message, wrong[i].name);
        assert_true(err.hint[0]);
        options_clear(&options);
    }
}

int main(int argc, char **argv)
{
    fake_worker_begin(argc, argv);
    const struct CMUnitTest tests[] = {
        scratch_test(a_plan_sets_what_the_command_line_may_set),
        scratch_test(the_command_line_goes_before_the_plan),
        scratch_test(workloads_have_parameters_of_their_own),
        scratch_test(a_file_beside_the_plan_goes_before_a_shipped_workload),
        scratch_test(claims_are_added_to_those_of_the_command_line),
        scratch_test(gates_have_levels_thresholds_and_controls),
        scratch_test(claims_and_gates_make_the_runs_auto_unless_they_are_given),
        scratch_test(errors_name_the_file_the_path_and_the_nearest_key),
        scratch_test(a_claim_in_a_plan_keeps_its_caret),
        scratch_test(a_gate_that_stands_there_twice_is_refused),
        scratch_test(the_workers_answer_is_kept),
        scratch_test(what_the_worker_refuses_is_told_with_its_place),
        scratch_test(a_file_that_cannot_be_a_plan_is_refused_unread),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
