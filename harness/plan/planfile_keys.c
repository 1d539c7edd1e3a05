#include "plan/planfile_keys.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"

int planfile_keys_at(struct planfile_reader *reader, const char *path)
{
    return error_wrap(reader->err, "'%s': %s", reader->options->plan_path, path);
}

__attribute__((format(printf, 4, 5))) int planfile_keys_fail(struct planfile_reader *reader,
                                                             const char *path, const char *hint,
                                                             const char *format, ...)
{
    char what[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(what, sizeof what, format, arguments);
    va_end(arguments);
    error_set(reader->err, "%s", what);
    error_hint(reader->err, "%s", hint);
    return planfile_keys_at(reader, path);
}

char *planfile_keys_join(const char *path, const char *key)
{
    static const char bare[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
    const char *quote = key[0] && strspn(key, bare) == strlen(key) ? "" : "\"";
    return text_format("%s%s%s%s%s", path, path[0] ? "." : "", quote, key, quote);
}

static int unknown_key(struct planfile_reader *reader, const char *path, const char *key,
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
    return planfile_keys_fail(reader, path, hint, "unknown key");
}

int planfile_keys_check(struct planfile_reader *reader, const char *path, json_t *table,
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
            cleanup_free char *full = planfile_keys_join(path, key);
            return unknown_key(reader, full, key, known, count);
        }
    }
    return 0;
}

const char *planfile_keys_type(const json_t *value)
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
    case PLANFILE_TEXT:
        return "a text in quotes";
    case PLANFILE_WHOLE:
        return "a whole number";
    case PLANFILE_WHOLE | PLANFILE_NUMBER:
        return "a number";
    case PLANFILE_FLAG:
        return "true or false";
    case PLANFILE_TEXT | PLANFILE_WHOLE:
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

char *planfile_keys_take_value(struct planfile_reader *reader, const char *path,
                               const json_t *value, int kinds)
{
    if (json_is_string(value) && kinds & PLANFILE_TEXT) {
        return text_copy(json_string_value(value));
    }
    if (json_is_integer(value) && kinds & PLANFILE_WHOLE) {
        return text_format("%lld", (long long)json_integer_value(value));
    }
    if (json_is_real(value) && kinds & PLANFILE_NUMBER) {
        return number_text(json_real_value(value));
    }
    if (json_is_boolean(value) && kinds & PLANFILE_FLAG) {
        return text_copy(json_is_true(value) ? "true" : "false");
    }
    planfile_keys_fail(reader, path, "see PLANS in membench(1)", "%s, where %s should stand",
                       planfile_keys_type(value), wanted_name(kinds));
    return NULL;
}

int planfile_keys_take(struct planfile_reader *reader, const char *path, const json_t *table,
                       const char *key, char **target)
{
    const json_t *value = json_object_get(table, key);
    if (!value) {
        return 0;
    }
    cleanup_free char *full = planfile_keys_join(path, key);
    char *text = planfile_keys_take_value(reader, full, value, PLANFILE_TEXT);
    if (!text) {
        return -1;
    }
    free(*target);
    *target = text;
    return 0;
}

int planfile_keys_check_table(struct planfile_reader *reader, const char *path, const json_t *value,
                              const char *form)
{
    return json_is_object(value)
               ? 0
               : planfile_keys_fail(reader, path, form, "%s, where a table should stand",
                                    planfile_keys_type(value));
}
