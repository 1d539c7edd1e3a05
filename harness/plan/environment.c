#include "plan/environment.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"

/* What a program may need to find its files, its user, its language and its packages. */
static const char *const common[] = {"PATH",   "HOME",        "USER",       "LOGNAME", "LANG",
                                     "LC_ALL", "LC_CTYPE",    "TZ",         "TMPDIR",  "TERM",
                                     "SHELL",  "VIRTUAL_ENV", "PYTHONPATH", NULL};

static void replace_or_add(struct text_list *environment, const char *variable, size_t name_length)
{
    for (size_t i = 0; i < environment->count; i++) {
        if (strncmp(environment->items[i], variable, name_length + 1) == 0) {
            free(environment->items[i]);
            environment->items[i] = text_copy(variable);
            return;
        }
    }
    text_list_add(environment, variable);
}

static void add(struct text_list *environment, const char *name, const char *value)
{
    cleanup_free char *variable = text_format("%s=%s", name, value);
    replace_or_add(environment, variable, strlen(name));
}

void environment_add_common(struct text_list *environment)
{
    for (const char *const *name = common; *name; name++) {
        const char *value = getenv(*name);
        if (value) {
            add(environment, *name, value);
        }
    }
}

void environment_add_setting(struct text_list *environment, const struct setting *setting)
{
    for (size_t i = 0; i < setting->environment.count; i++) {
        const char *variable = setting->environment.items[i];
        replace_or_add(environment, variable, (size_t)(strchr(variable, '=') - variable));
    }
    if (setting->library) {
        add(environment, "LD_PRELOAD", setting->library);
    }
}

int environment_add_given(struct text_list *environment, const char *given, struct error *err)
{
    const char *equals = strchrnul(given, '=');
    size_t name_length = (size_t)(equals - given);
    cleanup_free char *name = text_format("%.*s", (int)name_length, given);
    if (name_length == 0) {
        error_set(err, "'%s' is not an environment variable", given);
        return error_hint(err, "write -E NAME=VALUE, or -E NAME to take it from your environment");
    }
    if (strcmp(name, "LD_PRELOAD") == 0) {
        error_set(err, "-E cannot set LD_PRELOAD: the allocator does");
        return error_hint(err, "define an allocator: -a 'mine=/path/to/library.so'");
    }
    if (strcmp(name, "PYTHONMALLOC") == 0) {
        error_set(err, "-E cannot set PYTHONMALLOC: the worker chooses its object allocator");
        return error_hint(err, "use --object-allocator pymalloc, malloc or both");
    }
    const char *value = *equals == '=' ? equals + 1 : getenv(name);
    if (!value) {
        error_set(err, "the environment variable '%s' is not set", name);
        return error_hint(err, "write -E %s=VALUE to set it", name);
    }
    add(environment, name, value);
    return 0;
}
