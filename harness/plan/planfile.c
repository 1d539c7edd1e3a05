#include "plan/planfile.h"

#include <errno.h>
#include <jansson.h>
#include <limits.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "plan/inquiry.h"
#include "plan/setting.h"
#include "plan/workload.h"

/* Far above any plan that people write, and its JSON fits what a command's output may hold. */
enum { MOST_BYTES = 128 * 1024 };

/* ---- the file ---- */

static int check_file(const char *path, struct error *err)
{
    struct stat status;
    if (stat(path, &status) || access(path, R_OK)) {
        error_errno(err, "cannot read the plan '%s'", path);
        return error_hint(err, "give a file of TOML that you may read");
    }
    if (!S_ISREG(status.st_mode)) {
        error_set(err, "the plan '%s' is not a regular file", path);
        return error_hint(err, "give a file of TOML");
    }
    if (status.st_size > MOST_BYTES) {
        error_set(err, "the plan '%s' is too large", path);
        return error_hint(err, "a plan has at most %d KiB", MOST_BYTES / 1024);
    }
    return 0;
}

/* The bytes before a column, counted in characters from 1. */
static size_t bytes_before(const char *line, json_int_t column)
{
    size_t at = 0;
    for (json_int_t i = 1; i < column && line[at]; i++) {
        at++;
        while (((unsigned char)line[at] & 0xc0) == 0x80) { /* UTF-8 */
            at++;
        }
    }
    return at;
}

static int refused(const char *path, const json_t *answer, struct error *err)
{
    json_int_t line = json_integer_value(json_object_get(answer, "line"));
    json_int_t column = json_integer_value(json_object_get(answer, "column"));
    const char *what = inquiry_text(answer, "error"), *text = inquiry_text(answer, "excerpt");
    if (line > 0) {
        error_set(err, "'%s': line %lld, column %lld: %s", path, (long long)line, (long long)column,
                  what);
    } else {
        error_set(err, "'%s': %s", path, what);
    }
    if (text[0] != '\0') {
        error_excerpt(err, text, bytes_before(text, column));
    }
    return error_hint(err, "%s", inquiry_text(answer, "hint"));
}

int planfile_read(struct options *options, struct error *err)
{
    char resolved[PATH_MAX];
    if (check_file(options->plan_path, err)) {
        return -1;
    }
    if (!realpath(options->plan_path, resolved)) {
        return error_errno(err, "cannot read the plan '%s'", options->plan_path);
    }
    json_t *answer = inquiry_run("--plan", resolved, err);
    if (!answer) {
        return error_wrap(err, "'%s'", options->plan_path);
    }
    int failed = 0;
    const json_t *plan = json_object_get(answer, "plan");
    if (plan) {
        free(options->plan_json);
        options->plan_json = json_dumps(plan, JSON_COMPACT);
        free(options->plan_path);
        options->plan_path = text_copy(resolved);
    } else {
        failed = refused(options->plan_path, answer, err);
    }
    json_decref(answer);
    return failed;
}

/* ---- errors and types ---- */

struct reader {
    struct options *options;
    struct error *err;
};

/* "the plan's file: the dotted path: " in front of an error that is set. */
static int at(struct reader *reader, const char *path)
{
    return error_wrap(reader->err, "'%s': %s", reader->options->plan_path, path);
}

__attribute__((format(printf, 4, 5))) static int fail(struct reader *reader, const char *path,
                                                      const char *hint, const char *format, ...)
{
    char what[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(what, sizeof what, format, arguments);
    va_end(arguments);
    error_set(reader->err, "%s", what);
    error_hint(reader->err, "%s", hint);
    return at(reader, path);
}

/* A key as one writes it in a dotted path: bare, or in quotes. */
static char *join_path(const char *path, const char *key)
{
    static const char bare[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
    const char *quote = key[0] && strspn(key, bare) == strlen(key) ? "" : "\"";
    return text_format("%s%s%s%s%s", path, path[0] ? "." : "", quote, key, quote);
}

static int unknown_key(struct reader *reader, const char *path, const char *key,
                       const char *const *known, size_t count)
{
    struct text_list names = {0};
    for (size_t i = 0; i < count; i++) {
        text_list_add(&names, known[i]);
    }
    cleanup_free char *all = text_join(&names, ", ");
    cleanup_free char *near = text_nearest(key, known, count);
    cleanup_free char *hint = text_format("%s%s%sknown are %s", near ? "did you mean " : "",
                                          near ? near : "", near ? "? " : "", all);
    text_list_clear(&names);
    return fail(reader, path, hint, "unknown key");
}

static int check_keys(struct reader *reader, const char *path, json_t *table,
                      const char *const *known, size_t count)
{
    const char *key;
    json_t *value;
    json_object_foreach(table, key, value)
    {
        bool is_known = false;
        for (size_t i = 0; i < count; i++) {
            is_known |= strcmp(known[i], key) == 0;
        }
        if (!is_known) {
            cleanup_free char *full = join_path(path, key);
            return unknown_key(reader, full, key, known, count);
        }
    }
    return 0;
}

enum { TEXT = 1, WHOLE = 2, NUMBER = 4, FLAG = 8 };

static const char *type_name(const json_t *value)
{
    switch (json_typeof(value)) {
    case JSON_OBJECT:
        return "a table";
    case JSON_ARRAY:
        return "a list";
    case JSON_STRING:
        return "a text";
    case JSON_INTEGER:
        return "a whole number";
    case JSON_REAL:
        return "a number with a point";
    default:
        return "true or false";
    }
}

static const char *wanted_name(int kinds)
{
    switch (kinds) {
    case TEXT:
        return "a text in quotes";
    case WHOLE:
        return "a whole number";
    case WHOLE | NUMBER:
        return "a number";
    case FLAG:
        return "true or false";
    case TEXT | WHOLE:
        return "a whole number or a text";
    default:
        return "a text, a number, true or false";
    }
}

/* The shortest text that is read as this number. */
static char *number_text(double number)
{
    enum { EXACT = 17 }; /* digits that tell every double from its neighbours */
    for (int precision = 1; precision < EXACT; precision++) {
        char *text = text_format("%.*g", precision, number);
        if (strtod(text, NULL) == number) {
            return text;
        }
        free(text);
    }
    return text_format("%.*g", EXACT, number);
}

/* A value as one would give it on the command line, or NULL and an error if it is of none of these
 * kinds. */
static char *take_text(struct reader *reader, const char *path, const json_t *value, int kinds)
{
    if (json_is_string(value) && kinds & TEXT) {
        return text_copy(json_string_value(value));
    }
    if (json_is_integer(value) && kinds & WHOLE) {
        return text_format("%lld", (long long)json_integer_value(value));
    }
    if (json_is_real(value) && kinds & NUMBER) {
        return number_text(json_real_value(value));
    }
    if (json_is_boolean(value) && kinds & FLAG) {
        return text_copy(json_is_true(value) ? "true" : "false");
    }
    fail(reader, path, "see PLANS in membench(1)", "%s, where %s should stand", type_name(value),
         wanted_name(kinds));
    return NULL;
}

/* A text of a table: into `target` if the key is there. */
static int take_key(struct reader *reader, const char *path, const json_t *table, const char *key,
                    char **target)
{
    const json_t *value = json_object_get(table, key);
    if (!value) {
        return 0;
    }
    cleanup_free char *full = join_path(path, key);
    char *text = take_text(reader, full, value, TEXT);
    if (!text) {
        return -1;
    }
    free(*target);
    *target = text;
    return 0;
}

static int check_table(struct reader *reader, const char *path, const json_t *value,
                       const char *form)
{
    return json_is_object(value)
               ? 0
               : fail(reader, path, form, "%s, where a table should stand", type_name(value));
}

/* ---- [run] ---- */

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
    {"runs", TEXT | WHOLE, options_set_runs},
    {"cycles", WHOLE, options_set_cycles},
    {"settle", WHOLE | NUMBER, options_set_settle},
    {"tick", FLAG, set_tick},
    {"timeout", WHOLE | NUMBER, options_set_timeout},
    {"seed", WHOLE, options_set_seed},
    {"layout", TEXT, options_set_layout},
    {"thp", TEXT, options_set_thp},
    {"object-allocator", TEXT, options_set_object_allocator},
    {"memory-limit", TEXT | WHOLE, options_set_memory_limit},
};
enum { RUN_KEYS = sizeof run_keys / sizeof *run_keys };

static int apply_allocators(struct reader *reader, const json_t *list)
{
    static const char path[] = "run.allocators";
    if (!json_is_array(list)) {
        return fail(reader, path, "write allocators = [\"glibc\", \"tcmalloc\"]",
                    "%s, where a list should stand", type_name(list));
    }
    bool is_taken = !options_is_given(reader->options, "alloc");
    size_t i;
    json_t *item;
    json_array_foreach(list, i, item)
    {
        cleanup_free char *full = text_format("%s[%zu]", path, i + 1);
        cleanup_free char *text = take_text(reader, full, item, TEXT);
        if (!text) {
            return -1;
        }
        if (is_taken) {
            text_list_add(&reader->options->allocators, text);
        }
    }
    return 0;
}

static int apply_run_key(struct reader *reader, const struct run_key *info, const json_t *value)
{
    cleanup_free char *path = join_path("run", info->name);
    cleanup_free char *text = take_text(reader, path, value, info->kinds);
    if (!text) {
        return -1;
    }
    if (!options_is_given(reader->options, info->name) &&
        info->set(reader->options, text, reader->err)) {
        return at(reader, path);
    }
    return 0;
}

static int apply_run(struct reader *reader, json_t *run)
{
    const char *known[RUN_KEYS + 1];
    for (size_t i = 0; i < RUN_KEYS; i++) {
        known[i] = run_keys[i].name;
    }
    known[RUN_KEYS] = "allocators";
    if (check_table(reader, "run", run, "write [run] and its keys below") ||
        check_keys(reader, "run", run, known, RUN_KEYS + 1)) {
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

/* ---- [[workload]] ---- */

/* A file beside the plan, else a shipped workload; never what lies where membench is called. */
static char *find_workload(const struct options *options, const char *file)
{
    const char *slash = strrchr(options->plan_path, '/');
    int length = slash ? (int)(slash - options->plan_path) : 0;
    char *beside =
        file[0] == '/' ? text_copy(file) : text_format("%.*s/%s", length, options->plan_path, file);
    if (access(beside, F_OK) == 0 || strchr(file, '/')) {
        return beside;
    }
    struct text_list shipped = {0};
    struct error ignored;
    workload_shipped(&shipped, &ignored);
    cleanup_free char *wanted = text_format("%s.py", file);
    for (size_t i = 0; i < shipped.count; i++) {
        if (strcmp(file_basename(shipped.items[i]), wanted) == 0) {
            free(beside);
            beside = text_copy(shipped.items[i]);
        }
    }
    text_list_clear(&shipped);
    return beside;
}

static int apply_parameters(struct reader *reader, const char *path, json_t *table,
                            struct workload_order *order)
{
    if (check_table(reader, path, table, "write parameters = {threads = 8, ...}")) {
        return -1;
    }
    const char *key;
    json_t *value;
    json_object_foreach(table, key, value)
    {
        cleanup_free char *full = join_path(path, key);
        cleanup_free char *text = take_text(reader, full, value, TEXT | WHOLE | NUMBER | FLAG);
        if (!text) {
            return -1;
        }
        cleanup_free char *assignment = text_format("%s=%s", key, text);
        text_list_add(&order->parameters, assignment);
    }
    return 0;
}

static int check_order(struct reader *reader, const char *path, const struct workload_order *order,
                       const char *file)
{
    if (!file || file[0] == '\0') {
        return fail(reader, path, "write file = \"app.py\", or the name of a shipped workload",
                    "it has no file");
    }
    if (order->name && !setting_is_name(order->name)) {
        cleanup_free char *full = join_path(path, "name");
        return fail(reader, full, "1 to 64 letters, digits, '.', '_' and '-'",
                    "'%.100s' cannot be the name of a workload", order->name);
    }
    return 0;
}

static int apply_workload(struct reader *reader, const char *path, json_t *table)
{
    static const char *const known[] = {"file", "name", "parameters"};
    cleanup_free char *file = NULL;
    if (check_table(reader, path, table, "write [[workload]] and its keys below") ||
        check_keys(reader, path, table, known, sizeof known / sizeof *known) ||
        take_key(reader, path, table, "file", &file)) {
        return -1;
    }
    struct workload_order *order = options_add_order(reader->options);
    order->origin = text_format("'%s': %s", reader->options->plan_path, path);
    json_t *parameters = json_object_get(table, "parameters");
    cleanup_free char *full = join_path(path, "parameters");
    if (take_key(reader, path, table, "name", &order->name) ||
        check_order(reader, path, order, file) ||
        (parameters && apply_parameters(reader, full, parameters, order))) {
        return -1;
    }
    order->path = find_workload(reader->options, file);
    return 0;
}

/* ---- [[claim]] ---- */

static int apply_claim(struct reader *reader, const char *path, json_t *table)
{
    static const char *const known[] = {"text", "title", "source"};
    cleanup_free char *text = NULL, *title = NULL, *source = NULL;
    if (check_table(reader, path, table, "write [[claim]] and its keys below") ||
        check_keys(reader, path, table, known, sizeof known / sizeof *known) ||
        take_key(reader, path, table, "text", &text) ||
        take_key(reader, path, table, "title", &title) ||
        take_key(reader, path, table, "source", &source)) {
        return -1;
    }
    if (!text) {
        return fail(reader, path, "write text = \"tcmalloc end.anon <= 0.80 * glibc\"",
                    "it has no text");
    }
    if (options_add_claim(reader->options, text, title, source, reader->err)) {
        cleanup_free char *full = join_path(path, "text");
        return at(reader, full);
    }
    return 0;
}

/* Every table of a list such as [[workload]]. */
static int apply_each(struct reader *reader, const char *name, const json_t *list,
                      int (*apply)(struct reader *reader, const char *path, json_t *table))
{
    if (!json_is_array(list)) {
        cleanup_free char *form = text_format("write [[%s]], with two brackets", name);
        return fail(reader, name, form, "%s, where a list of tables should stand", type_name(list));
    }
    size_t i;
    json_t *table;
    json_array_foreach(list, i, table)
    {
        cleanup_free char *path = text_format("%s[%zu]", name, i + 1);
        if (apply(reader, path, table)) {
            return -1;
        }
    }
    return 0;
}

/* ---- [gate.METRIC] ---- */

static int apply_threshold(struct reader *reader, const char *path, const json_t *value,
                           struct gate *gate)
{
    double threshold = json_number_value(value);
    if (!json_is_number(value) || threshold < 0 || threshold > 10) {
        return fail(reader, path, "a share: 0.03 is 3 %", "it is not a number from 0 to 10");
    }
    gate->threshold = threshold;
    return 0;
}

static int fill_gate(struct reader *reader, const char *path, json_t *table, struct gate *gate)
{
    static const char *const known[] = {"level", "threshold", "control"};
    cleanup_free char *level = NULL;
    if (check_keys(reader, path, table, known, sizeof known / sizeof *known) ||
        take_key(reader, path, table, "level", &level) ||
        take_key(reader, path, table, "control", &gate->control)) {
        return -1;
    }
    if (level && gate_level_parse(level, &gate->level)) {
        cleanup_free char *full = join_path(path, "level");
        return fail(reader, full, "one of off, warn, error", "there is no level '%.64s'", level);
    }
    const json_t *threshold = json_object_get(table, "threshold");
    cleanup_free char *full = join_path(path, "threshold");
    return threshold ? apply_threshold(reader, full, threshold, gate) : 0;
}

static int reject_repeated(struct reader *reader, const char *path)
{
    const struct options *options = reader->options;
    const struct gate *last = &options->gates[options->gate_count - 1];
    for (size_t i = 0; i + 1 < options->gate_count; i++) {
        const struct gate *gate = &options->gates[i];
        if (gate->metric == last->metric && strcmp(gate->phase, last->phase) == 0) {
            return fail(reader, path, "write each gate once", "the gate stands there twice");
        }
    }
    return 0;
}

static int apply_gate(struct reader *reader, const char *path, const char *name, json_t *table)
{
    struct gate gate;
    if (check_table(reader, path, table, "write [gate.METRIC] or [gate.\"PHASE.METRIC\"]")) {
        return -1;
    }
    if (gate_parse(&gate, name, reader->err)) {
        return at(reader, path);
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

static int apply_phase_gates(struct reader *reader, const char *path, const char *phase,
                             json_t *gates)
{
    const char *key;
    json_t *value;
    json_object_foreach(gates, key, value)
    {
        cleanup_free char *full = join_path(path, key);
        cleanup_free char *name = text_format("%s.%s", phase, key);
        if (apply_gate(reader, full, name, value)) {
            return -1;
        }
    }
    return 0;
}

static int apply_gates(struct reader *reader, json_t *gates)
{
    if (check_table(reader, "gate", gates, "write [gate.METRIC] or [gate.\"PHASE.METRIC\"]")) {
        return -1;
    }
    const char *key;
    json_t *value;
    json_object_foreach(gates, key, value)
    {
        cleanup_free char *path = join_path("gate", key);
        if (holds_tables(value) ? apply_phase_gates(reader, path, key, value)
                                : apply_gate(reader, path, key, value)) {
            return -1;
        }
    }
    return 0;
}

/* ---- the whole ---- */

static int apply(struct reader *reader, json_t *plan)
{
    static const char *const known[] = {"title", "description", "run", "workload", "claim", "gate"};
    struct options *options = reader->options;
    if (check_keys(reader, "", plan, known, sizeof known / sizeof *known) ||
        take_key(reader, "", plan, "title", &options->title) ||
        take_key(reader, "", plan, "description", &options->description)) {
        return -1;
    }
    json_t *run = json_object_get(plan, "run"), *gates = json_object_get(plan, "gate");
    const json_t *workloads = json_object_get(plan, "workload");
    const json_t *claims = json_object_get(plan, "claim");
    return (run && apply_run(reader, run)) ||
                   (workloads && apply_each(reader, "workload", workloads, apply_workload)) ||
                   (claims && apply_each(reader, "claim", claims, apply_claim)) ||
                   (gates && apply_gates(reader, gates))
               ? -1
               : 0;
}

int planfile_apply(struct options *options, struct error *err)
{
    struct reader reader = {.options = options, .err = err};
    json_t *plan = json_loads(options->plan_json, JSON_REJECT_DUPLICATES, NULL);
    if (!json_is_object(plan)) {
        json_decref(plan);
        return error_set(err, "the plan '%s' is damaged", options->plan_path);
    }
    int failed = apply(&reader, plan);
    json_decref(plan);
    return failed;
}
