#include "plan/tunables.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/command.h"
#include "plan/locate.h"

static const char tunables_variable[] = "GLIBC_TUNABLES=", malloc_prefix[] = "glibc.malloc.";

static const double list_seconds = 10;

struct tunable {
    char *name;  /* "glibc.malloc.arena_max" */
    char *value; /* as it was given */
    char *given; /* what it was given by: a variable, or its own name */
};

struct tunable_list {
    struct tunable *items;
    size_t count;
};

static void add(struct tunable_list *list, char *name, const char *value, char *given)
{
    list->items = text_grow(list->items, list->count + 1, sizeof *list->items);
    list->items[list->count++] =
        (struct tunable){.name = name, .value = text_copy(value), .given = given};
}

static void clear(struct tunable_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        free(list->items[i].name);
        free(list->items[i].value);
        free(list->items[i].given);
    }
    free(list->items);
}

/* "glibc.malloc.arena_max=2:glibc.malloc.tcache_count=0" */
static void add_pairs(struct tunable_list *list, const char *text)
{
    struct text_list pairs = {0};
    text_list_split(&pairs, text, ':');
    for (size_t i = 0; i < pairs.count; i++) {
        const char *pair = pairs.items[i], *equals = strchrnul(pair, '=');
        char *name = text_format("%.*s", (int)(equals - pair), pair);
        add(list, name, *equals ? equals + 1 : "", text_copy(name));
    }
    text_list_clear(&pairs);
}

static void add_variable(struct tunable_list *list, const struct allocator_family *family,
                         const char *variable)
{
    const char *value = strchr(variable, '=') + 1;
    if (text_starts_with(variable, tunables_variable)) {
        add_pairs(list, value);
        return;
    }
    if (family->check != ALLOCATOR_TUNABLES) {
        return;
    }
    size_t length = (size_t)(value - 1 - variable);
    for (const struct allocator_knob *knob = family->knobs; knob->variable; knob++) {
        if (strlen(knob->variable) == length && strncmp(knob->variable, variable, length) == 0) {
            add(list, text_format("%s%s", malloc_prefix, knob->shown), value,
                text_copy(knob->variable));
        }
    }
}

char *tunables_find(const char *listing, const char *name)
{
    cleanup_free char *before = text_format("\n%s:", name);
    cleanup_free char *whole = text_format("\n%s", listing);
    const char *found = strstr(whole, before);
    if (!found) {
        return NULL;
    }
    found += strlen(before);
    found += strspn(found, " ");
    return text_format("%.*s", (int)strcspn(found, " \n"), found);
}

/* Decimal, octal or hexadecimal, as ld.so reads it. */
static bool parse_number(const char *text, unsigned long long *number)
{
    char *end;
    *number = strtoull(text, &end, 0);
    return *text != '\0' && *end == '\0';
}

static int refuse_name(const char *name, const char *listing, struct error *err)
{
    struct text_list names = {0};
    for (const char *line = listing; *line; line += strcspn(line, "\n"), line += *line == '\n') {
        cleanup_free char *listed = text_format("%.*s", (int)strcspn(line, ":\n"), line);
        text_list_add(&names, listed);
    }
    cleanup_free char *near = text_nearest(name, (const char *const *)names.items, names.count);
    text_list_clear(&names);
    error_set(err, "glibc has no tunable '%s'", name);
    return near ? error_hint(err, "did you mean %s?", near)
                : error_hint(err, "'ld.so --list-tunables' shows all");
}

static int check_tunable(struct setting *setting, const struct allocator_family *family,
                         const struct tunable *tunable, const char *listing, struct error *err)
{
    cleanup_free char *value = tunables_find(listing, tunable->name);
    unsigned long long given, taken;
    if (!value) {
        return refuse_name(tunable->name, listing, err);
    }
    if (family->check != ALLOCATOR_TUNABLES && text_starts_with(tunable->name, malloc_prefix)) {
        error_set(err, "'%s' is read by glibc's malloc, not by %s", tunable->name, family->name);
        return error_hint(err, "leave it out, or build on glibc");
    }
    if (!parse_number(value, &taken)) {
        return 0;
    }
    if (!parse_number(tunable->value, &given) || given != taken) {
        error_set(err, "glibc does not take '%s=%s': its value is %llu", tunable->given,
                  tunable->value, taken);
        return error_hint(err,
                          "give a whole number in the range that 'ld.so --list-tunables' shows");
    }
    const char *shown = strrchr(tunable->name, '.') + 1;
    allocator_setting(setting->proof.settings, sizeof setting->proof.settings, shown,
                      (long long)taken);
    return 0;
}

static int check_all(struct setting *setting, const struct allocator_family *family,
                     const struct tunable_list *list, struct error *err)
{
    cleanup_free char *loader = locate_loader(err);
    if (!loader) {
        return -1;
    }
    const char *const argv[] = {loader, "--list-tunables", NULL};
    struct command_output output;
    if (command_run(argv, (const char *const *)setting->environment.items, list_seconds, &output,
                    err)) {
        return -1;
    }
    bool is_listed = output.status == 0 && strstr(output.out, malloc_prefix);
    int failed = 0;
    for (size_t i = 0; i < list->count && !failed; i++) {
        if (is_listed) {
            failed = check_tunable(setting, family, &list->items[i], output.out, err);
        } else {
            cleanup_free char *text = text_format("%s cannot be read back", list->items[i].given);
            text_list_add(&setting->warnings, text);
        }
    }
    command_output_clear(&output);
    return failed;
}

int tunables_check(struct setting *setting, const struct allocator_family *family,
                   struct error *err)
{
    struct tunable_list list = {0};
    for (size_t i = 0; i < setting->environment.count; i++) {
        add_variable(&list, family, setting->environment.items[i]);
    }
    int failed = list.count > 0 ? check_all(setting, family, &list, err) : 0;
    clear(&list);
    return failed;
}
