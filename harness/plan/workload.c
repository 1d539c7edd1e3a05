#include "plan/workload.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "plan/inquiry.h"
#include "plan/locate.h"

static int compare_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

int workload_shipped(struct text_list *paths, struct error *err)
{
    cleanup_free char *directory = locate_workloads(err);
    if (!directory) {
        return -1;
    }
    DIR *stream = opendir(directory);
    if (!stream) {
        return error_errno(err, "cannot read '%s'", directory);
    }
    for (struct dirent *entry; (entry = readdir(stream));) {
        size_t length = strlen(entry->d_name);
        if (length > 3 && strcmp(entry->d_name + length - 3, ".py") == 0) {
            cleanup_free char *path = text_format("%s/%s", directory, entry->d_name);
            text_list_add(paths, path);
        }
    }
    closedir(stream);
    if (paths->count > 0) {
        qsort(paths->items, paths->count, sizeof *paths->items, compare_text);
    }
    return 0;
}

static char *name_of(const char *path)
{
    char *name = text_copy(file_basename(path));
    size_t length = strlen(name);
    if (length > 3 && strcmp(name + length - 3, ".py") == 0) {
        name[length - 3] = '\0';
    }
    text_tame(name);
    return name;
}

/* The shipped workload of that name, or NULL. The error, if any, suggests near names. */
static char *find_shipped(const char *given, struct error *err)
{
    struct text_list paths = {0}, names = {0};
    struct error ignored;
    workload_shipped(&paths, &ignored);
    char *found = NULL;
    for (size_t i = 0; i < paths.count; i++) {
        cleanup_free char *name = name_of(paths.items[i]);
        text_list_add(&names, name);
        if (strcmp(name, given) == 0) {
            found = text_copy(paths.items[i]);
        }
    }
    if (!found) {
        cleanup_free char *wanted = name_of(given);
        cleanup_free char *near =
            text_nearest(wanted, (const char *const *)names.items, names.count);
        error_set(err, "there is no file '%s'", given);
        error_hint(err, "%s%s%s'membench list workloads' shows the shipped ones",
                   near ? "did you mean " : "", near ? near : "", near ? "? " : "");
    }
    text_list_clear(&paths);
    text_list_clear(&names);
    return found;
}

static char *find_file(const char *given, struct error *err)
{
    char resolved[PATH_MAX];
    struct stat status;
    if (stat(given, &status)) {
        if (errno == ENOENT) {
            return find_shipped(given, err);
        }
        error_errno(err, "cannot read '%s'", given);
        error_hint(err, "give a Python file that you may read");
        return NULL;
    }
    if (S_ISDIR(status.st_mode)) {
        error_set(err, "'%s' is a directory", given);
        error_hint(err, "give a Python file");
        return NULL;
    }
    if (!S_ISREG(status.st_mode)) {
        error_set(err, "'%s' is not a regular file", given);
        error_hint(err, "give a Python file; each trial reads it anew");
        return NULL;
    }
    if (access(given, R_OK) || !realpath(given, resolved)) {
        error_errno(err, "cannot read '%s'", given);
        error_hint(err, "give a Python file that you may read");
        return NULL;
    }
    /* Links stay: a script may look at the name it was called by. */
    if (given[0] == '/') {
        return text_copy(given);
    }
    cleanup_free char *directory = getcwd(NULL, 0);
    return text_format("%s/%s", directory ? directory : ".", given);
}

static void read_description(struct workload *workload, const json_t *answer)
{
    workload->summary = text_copy(inquiry_text(answer, "summary"));
    text_tame(workload->summary);
    workload->sha256 = text_copy(inquiry_text(answer, "sha256"));
    workload->is_script = strcmp(inquiry_text(answer, "kind"), "script") == 0;
    const json_t *timeout = json_object_get(answer, "timeout");
    workload->timeout = json_is_number(timeout) ? json_number_value(timeout) : NAN;
    int expect = outcome_parse(inquiry_text(answer, "expect"));
    workload->expect = expect < 0 ? OUTCOME_OK : (enum outcome)expect;

    size_t i;
    json_t *parameter;
    json_array_foreach(json_object_get(answer, "parameters"), i, parameter)
    {
        workload->parameters = text_grow(workload->parameters, workload->parameter_count + 1,
                                         sizeof *workload->parameters);
        workload->parameters[workload->parameter_count++] =
            (struct parameter){.name = text_copy(json_string_value(json_array_get(parameter, 0))),
                               .type = json_string_value(json_array_get(parameter, 1))[0],
                               .value = text_copy(json_string_value(json_array_get(parameter, 2)))};
    }
}

int workload_load(struct workload *workload, const char *given, bool as_script, struct error *err)
{
    *workload = (struct workload){.timeout = NAN, .expect = OUTCOME_OK};
    workload->path = find_file(given, err);
    if (!workload->path) {
        return -1;
    }
    workload->given = text_copy(access(given, F_OK) ? workload->path : given);
    workload->name = name_of(workload->path);
    json_t *answer = inquiry_run("--describe", workload->path, err);
    if (!answer) {
        return error_wrap(err, "'%s'", given);
    }
    int failed = 0;
    if (json_object_get(answer, "error")) {
        failed = error_set(err, "'%s': %s", given, inquiry_text(answer, "error"));
        error_hint(err, "%s", inquiry_text(answer, "hint"));
    } else {
        read_description(workload, answer);
        workload->is_script |= as_script;
    }
    json_decref(answer);
    return failed;
}

static char *as_bool(const char *value)
{
    static const char *const yes[] = {"true", "True", "yes", "on", "1"};
    static const char *const no[] = {"false", "False", "no", "off", "0"};
    for (size_t i = 0; i < sizeof yes / sizeof *yes; i++) {
        if (strcmp(value, yes[i]) == 0) {
            return text_copy("True");
        }
        if (strcmp(value, no[i]) == 0) {
            return text_copy("False");
        }
    }
    return NULL;
}

/* The value in Python's notation, or NULL if it does not fit the type. */
static char *convert(char type, const char *value)
{
    int64_t whole;
    double number;
    switch (type) {
    case 'i':
        return text_parse_whole(value, INT64_MIN, INT64_MAX, &whole) ? NULL : text_copy(value);
    case 'f':
        return text_parse_number(value, -HUGE_VAL, &number) ? NULL : text_copy(value);
    case 'b':
        return as_bool(value);
    default:
        return text_copy(value);
    }
}

static const char *type_name(char type)
{
    switch (type) {
    case 'i':
        return "a whole number";
    case 'f':
        return "a number";
    case 'b':
        return "true or false";
    default:
        return "text";
    }
}

int workload_set(struct workload *workload, const char *name, const char *value, struct error *err)
{
    for (size_t i = 0; i < workload->parameter_count; i++) {
        struct parameter *parameter = &workload->parameters[i];
        if (strcmp(parameter->name, name) != 0) {
            continue;
        }
        char *converted = convert(parameter->type, value);
        if (!converted) {
            error_set(err, "parameter '%s' of workload '%s' cannot be '%s'", name, workload->name,
                      value);
            return error_hint(err, "it is %s; its default is %s", type_name(parameter->type),
                              parameter->value);
        }
        free(parameter->value);
        parameter->value = converted;
        return 1;
    }
    return 0;
}

char *workload_parameters_text(const struct workload *workload)
{
    struct text_list parts = {0};
    for (size_t i = 0; i < workload->parameter_count; i++) {
        cleanup_free char *part =
            text_format("%s=%s", workload->parameters[i].name, workload->parameters[i].value);
        text_list_add(&parts, part);
    }
    char *joined = text_join(&parts, " ");
    text_list_clear(&parts);
    return joined;
}

void workload_clear(struct workload *workload)
{
    free(workload->path);
    free(workload->given);
    free(workload->name);
    free(workload->summary);
    free(workload->sha256);
    for (size_t i = 0; i < workload->parameter_count; i++) {
        free(workload->parameters[i].name);
        free(workload->parameters[i].value);
    }
    free(workload->parameters);
    *workload = (struct workload){0};
}
