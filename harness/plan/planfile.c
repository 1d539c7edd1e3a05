#include "plan/planfile.h"

#include <jansson.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "plan/inquiry.h"
#include "plan/planfile_gates.h"
#include "plan/planfile_keys.h"
#include "plan/planfile_run.h"
#include "plan/planfile_workload.h"

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

/* ---- [[claim]] ---- */

static int apply_claim(struct planfile_reader *reader, const char *path, json_t *table)
{
    static const char *const known[] = {"text", "title", "source"};
    cleanup_free char *text = NULL, *title = NULL, *source = NULL;
    if (planfile_keys_check_table(reader, path, table, "write [[claim]] and its keys below") ||
        planfile_keys_check(reader, path, table, known, sizeof known / sizeof *known) ||
        planfile_keys_take(reader, path, table, "text", &text) ||
        planfile_keys_take(reader, path, table, "title", &title) ||
        planfile_keys_take(reader, path, table, "source", &source)) {
        return -1;
    }
    if (!text) {
        return planfile_keys_fail(
            reader, path, "write text = \"tcmalloc end.anon <= 0.80 * glibc\"", "it has no text");
    }
    if (options_add_claim(reader->options, text, title, source, reader->err)) {
        cleanup_free char *full = planfile_keys_join(path, "text");
        return planfile_keys_at(reader, full);
    }
    return 0;
}

/* ---- the whole ---- */

/* Every table of a list such as [[workload]]. */
static int apply_each(struct planfile_reader *reader, const char *name, const json_t *list,
                      int (*apply)(struct planfile_reader *reader, const char *path, json_t *table))
{
    if (!json_is_array(list)) {
        cleanup_free char *form = text_format("write [[%s]], with two brackets", name);
        return planfile_keys_fail(reader, name, form, "%s, where a list of tables should stand",
                                  planfile_keys_type(list));
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

static int apply(struct planfile_reader *reader, json_t *plan)
{
    static const char *const known[] = {"title", "description", "run", "workload", "claim", "gate"};
    struct options *options = reader->options;
    if (planfile_keys_check(reader, "", plan, known, sizeof known / sizeof *known) ||
        planfile_keys_take(reader, "", plan, "title", &options->title) ||
        planfile_keys_take(reader, "", plan, "description", &options->description)) {
        return -1;
    }
    json_t *run = json_object_get(plan, "run"), *gates = json_object_get(plan, "gate");
    const json_t *workloads = json_object_get(plan, "workload");
    const json_t *claims = json_object_get(plan, "claim");
    return (run && planfile_run_apply(reader, run)) ||
                   (workloads &&
                    apply_each(reader, "workload", workloads, planfile_workload_apply)) ||
                   (claims && apply_each(reader, "claim", claims, apply_claim)) ||
                   (gates && planfile_gates_apply(reader, gates))
               ? -1
               : 0;
}

int planfile_apply(struct options *options, struct error *err)
{
    struct planfile_reader reader = {.options = options, .err = err};
    json_t *plan = json_loads(options->plan_json, JSON_REJECT_DUPLICATES, NULL);
    if (!json_is_object(plan)) {
        json_decref(plan);
        return error_set(err, "the plan '%s' is damaged", options->plan_path);
    }
    int failed = apply(&reader, plan);
    json_decref(plan);
    return failed;
}
