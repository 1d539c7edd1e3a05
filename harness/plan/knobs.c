#include "plan/knobs.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/cleanup.h"
#include "plan/prover.h"
#include "plan/tunables.h"

static bool starts_like(const char *text, const char *prefix)
{
    return strncasecmp(text, prefix, strlen(prefix)) == 0;
}

static char *name_of(const char *variable)
{
    return text_format("%.*s", (int)strcspn(variable, "="), variable);
}

static const struct allocator_knob *find_knob(const struct allocator_family *family,
                                              const char *name)
{
    const struct allocator_knob *knob = family->knobs;
    for (; knob && knob->variable; knob++) {
        if (strcmp(knob->variable, name) == 0) {
            return knob;
        }
    }
    return NULL;
}

/* The other family that reads this variable, or NULL. */
static const struct allocator_family *find_reader(const char *name,
                                                  const struct allocator_family *except)
{
    for (size_t i = 0; i < allocator_count; i++) {
        const struct allocator_family *family = allocator_table[i]->family;
        bool reads =
            find_knob(family, name) || (!family->knobs && starts_like(name, family->prefix));
        if (family != except && reads) {
            return family;
        }
    }
    return NULL;
}

/* "TCMALOC_RELEASE_RATE" is meant to be one of "TCMALLOC_". */
static bool is_like_a_knob(const char *name, const char *prefix)
{
    cleanup_free char *word = text_format("%.*s", (int)strcspn(name, "_") + 1, name);
    cleanup_free char *near = text_nearest(word, &prefix, 1);
    return starts_like(name, prefix) || near;
}

/* ---- names ---- */

static void list_variables(const struct allocator_family *family, struct text_list *names)
{
    const struct allocator_knob *knob = family->knobs;
    for (; knob && knob->variable; knob++) {
        text_list_add(names, knob->variable);
    }
}

static int refuse_name(const char *name, const struct allocator_family *family,
                       const struct text_list *known, struct error *err)
{
    cleanup_free char *near = text_nearest(name, (const char *const *)known->items, known->count);
    cleanup_free char *list = text_join(known, ", ");
    error_set(err, "%s reads no variable '%s'", family->name, name);
    return near ? error_hint(err, "did you mean %s?", near) : error_hint(err, "it reads %s", list);
}

static void warn(struct setting *setting, const char *name)
{
    cleanup_free char *text = text_format("%s cannot be read back", name);
    text_list_add(&setting->warnings, text);
}

/* The table of a silent family may lack what another release of it reads. */
static int judge_unknown(struct setting *setting, const struct allocator_family *family,
                         const char *name, struct error *err)
{
    struct text_list known = {0};
    list_variables(family, &known);
    cleanup_free char *near = text_nearest(name, (const char *const *)known.items, known.count);
    int failed = 0;
    if (family->check == ALLOCATOR_SILENT && !near) {
        warn(setting, name);
    } else {
        failed = refuse_name(name, family, &known, err);
    }
    text_list_clear(&known);
    return failed;
}

static int check_name(struct setting *setting, const struct allocator_family *family,
                      const char *name, struct error *err)
{
    const struct allocator_knob *knob = find_knob(family, name);
    if (knob) {
        if (!knob->shown) {
            warn(setting, name);
        }
        return 0;
    }
    const struct allocator_family *reader = find_reader(name, family);
    if (reader) {
        error_set(err, "'%s' is read by %s, not by %s", name, reader->name, family->name);
        return error_hint(err, "leave it out, or build on an allocator of that family");
    }
    if (family->check == ALLOCATOR_LISTS || !is_like_a_knob(name, family->prefix)) {
        return 0;
    }
    return judge_unknown(setting, family, name, err);
}

/* ---- what the malloc said at start ---- */

static const char *find_complaint(const struct allocator_family *family, const char *said)
{
    for (const char *const *part = family->complaints; part && *part; part++) {
        const char *found = strstr(said, *part);
        if (found) {
            return found;
        }
    }
    return NULL;
}

/* The name in "Invalid conf pair: dirty_decay:2000" or "unrecognized flag(s):\n    bogus=1". */
static char *name_in_complaint(const char *complaint)
{
    const char *colon = strchr(complaint, ':');
    const char *start = colon ? colon + strspn(colon, ": '\n") : "";
    size_t length = 0;
    while (isalnum((unsigned char)start[length]) || start[length] == '_') {
        length++;
    }
    return text_format("%.*s", (int)length, start);
}

static size_t count_names(const char *const *names)
{
    size_t count = 0;
    while (names && names[count]) {
        count++;
    }
    return count;
}

/* "found 1 unrecognized flag(s):\n    bogus=1" on one line. */
static char *join_lines(const char *text)
{
    const char *end = strchrnul(text, '\n');
    char *line = text_format("%.*s %s", (int)(end - text), text, end + strspn(end, "\n "));
    line[strlen(line) - (*end == '\0')] = '\0';
    text_tame(line);
    return line;
}

static int check_complaints(const struct allocator_family *family, const char *said,
                            struct error *err)
{
    const char *complaint = find_complaint(family, said);
    if (!complaint) {
        return 0;
    }
    const char *start = complaint;
    while (start > said && start[-1] != '\n') {
        start--;
    }
    /* scudo names the flag on the line behind. */
    size_t first = strcspn(start, "\n");
    size_t length = start[first - 1] == ':' ? first + 1 + strcspn(start + first + 1, "\n") : first;
    cleanup_free char *lines = text_format("%.*s", (int)length, start);
    cleanup_free char *line = join_lines(lines);
    cleanup_free char *name = name_in_complaint(complaint);
    cleanup_free char *near = text_nearest(name, family->options, count_names(family->options));
    cleanup_free char *quoted = text_format("'%s'", name);
    error_set(err, "%s refuses a setting: %s", family->name, line);
    return near && !text_starts_with(near, quoted)
               ? error_hint(err, "did you mean %s?", near)
               : error_hint(err, "its names and values stand in the manual of %s", family->name);
}

/* ---- what the malloc lists ---- */

/* "mimalloc: option 'page_reset': 0"; what begins with "deprecated_" has no effect any more. */
static void list_options(const char *said, const char *prefix, struct text_list *names)
{
    static const char before[] = "option '";
    for (const char *at = said; (at = strstr(at, before));) {
        at += strlen(before);
        cleanup_free char *name = text_format("%s%.*s", prefix, (int)strcspn(at, "'\n"), at);
        for (char *letter = name; *letter; letter++) {
            *letter = (char)toupper((unsigned char)*letter);
        }
        if (!strstr(name, "_DEPRECATED_")) {
            text_list_add(names, name);
        }
    }
}

/* It compares names without case, and takes the former ones of options with a warning. */
static bool is_listed(const char *name, const struct text_list *names, const char *said)
{
    for (size_t i = 0; i < names->count; i++) {
        if (strcasecmp(names->items[i], name) == 0) {
            return true;
        }
    }
    cleanup_free char *warning = text_format("\"%s\" is deprecated", name);
    return strcasestr(said, warning) != NULL;
}

static int check_listed(struct setting *setting, const struct allocator_family *family,
                        const char *said, struct error *err)
{
    struct text_list names = {0};
    list_options(said, family->prefix, &names);
    int failed = 0;
    for (size_t i = 0; i < setting->environment.count && !failed; i++) {
        cleanup_free char *name = name_of(setting->environment.items[i]);
        if (!is_like_a_knob(name, family->prefix) || is_listed(name, &names, said)) {
            continue;
        }
        if (names.count == 0) {
            warn(setting, name);
        } else {
            failed = refuse_name(name, family, &names, err);
        }
    }
    text_list_clear(&names);
    return failed ? failed : check_complaints(family, said, err);
}

static bool has_knob(const struct setting *setting, const struct allocator_family *family)
{
    for (size_t i = 0; i < setting->environment.count; i++) {
        cleanup_free char *name = name_of(setting->environment.items[i]);
        if (is_like_a_knob(name, family->prefix)) {
            return true;
        }
    }
    return false;
}

static int ask_for_list(struct setting *setting, const struct allocator_family *family,
                        struct error *err)
{
    if (!has_knob(setting, family)) {
        return 0;
    }
    struct text_list environment = {0};
    for (size_t i = 0; i < setting->environment.count; i++) {
        text_list_add(&environment, setting->environment.items[i]);
    }
    text_list_add(&environment, "MIMALLOC_VERBOSE=1");
    struct prover_answer answer;
    int failed =
        prover_run((const char *const *)environment.items, setting->library, NULL, &answer, err);
    text_list_clear(&environment);
    failed = failed ? failed : check_listed(setting, family, answer.said, err);
    prover_answer_clear(&answer);
    return failed;
}

/* ---- all of it ---- */

static void doubt_everything(struct setting *setting)
{
    for (size_t i = 0; i < setting->environment.count; i++) {
        cleanup_free char *name = name_of(setting->environment.items[i]);
        warn(setting, name);
    }
}

int knobs_check(struct setting *setting, const struct allocator_family *family, const char *said,
                struct error *err)
{
    if (!family) {
        doubt_everything(setting);
        return 0;
    }
    for (size_t i = 0; i < setting->environment.count; i++) {
        cleanup_free char *name = name_of(setting->environment.items[i]);
        if (check_name(setting, family, name, err)) {
            return -1;
        }
    }
    if (check_complaints(family, said, err) || tunables_check(setting, family, err)) {
        return -1;
    }
    return family->check == ALLOCATOR_LISTS ? ask_for_list(setting, family, err) : 0;
}
