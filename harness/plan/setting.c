#include "plan/setting.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "plan/environment.h"
#include "plan/knobs.h"
#include "plan/prover.h"

static void make_unavailable(struct setting *setting, const char *reason, const char *hint)
{
    free(setting->reason);
    free(setting->hint);
    setting->is_available = false;
    setting->reason = text_copy(reason);
    setting->hint = text_copy(hint);
}

/* The first line of what a worker said that did not start. */
static void cannot_start(struct setting *setting, const char *said)
{
    cleanup_free char *line = text_format("%.*s", (int)strcspn(said, "\n"), said);
    text_tame(line);
    cleanup_free char *reason = text_format("no program starts with '%s': %s",
                                            setting->library ? setting->library : "glibc",
                                            line[0] ? line : "it ends at once");
    make_unavailable(setting, reason, "check the library with ldd");
}

static int judge(struct setting *setting, const struct prover_answer *answer, struct error *err)
{
    const char *name = answer->is_there     ? answer->hello.family
                       : setting->allocator ? setting->allocator->family->name
                                            : "";
    setting->proof = answer->hello;
    if (knobs_check(setting, allocator_family_find(name), answer->said, err)) {
        return error_wrap(err, "the allocator '%s'", setting->name);
    }
    setting->is_available = answer->is_there && answer->hello.proved;
    if (!answer->is_there) {
        cannot_start(setting, answer->said);
    } else if (!answer->hello.proved) {
        make_unavailable(setting, answer->hello.doubt,
                         "membench measures nothing under an allocator that it cannot prove");
    }
    return 0;
}

static int prove_library(struct setting *setting, struct error *err)
{
    struct prover_answer answer;
    if (prover_run((const char *const *)setting->environment.items, setting->library,
                   setting->library, &answer, err)) {
        return -1;
    }
    int failed = judge(setting, &answer, err);
    prover_answer_clear(&answer);
    return failed;
}

/* Whether a library brings the setting's family. ld.so finds it by its soname; the path that it
 * found stands in the answer. Without the setting's variables, at which the malloc might stop. */
static int try_library(struct setting *setting, const char *library, struct error *err)
{
    struct prover_answer answer;
    if (prover_run(NULL, library, NULL, &answer, err)) {
        return -1;
    }
    if (answer.is_there && strcmp(answer.hello.family, setting->allocator->family->name) == 0) {
        setting->library = text_copy(answer.hello.library);
    }
    prover_answer_clear(&answer);
    return 0;
}

static int compare_versions(const void *a, const void *b)
{
    return strverscmp(*(char *const *)b, *(char *const *)a);
}

/* Of an absolute path with * in it, every file, the highest version first; of a soname, itself. */
static void expand(const char *soname, struct text_list *libraries)
{
    glob_t found;
    if (soname[0] != '/') {
        text_list_add(libraries, soname);
        return;
    }
    if (glob(soname, 0, NULL, &found) == 0) {
        qsort(found.gl_pathv, found.gl_pathc, sizeof *found.gl_pathv, compare_versions);
        for (size_t i = 0; i < found.gl_pathc; i++) {
            text_list_add(libraries, found.gl_pathv[i]);
        }
    }
    globfree(&found);
}

static int find_library(struct setting *setting, struct error *err)
{
    const struct allocator *allocator = setting->allocator;
    struct text_list libraries = {0};
    for (const char *const *soname = allocator->sonames; *soname; soname++) {
        expand(*soname, &libraries);
    }
    int failed = 0;
    for (size_t i = 0; i < libraries.count && !setting->library && !failed; i++) {
        failed = try_library(setting, libraries.items[i], err);
    }
    text_list_clear(&libraries);
    if (!setting->library && !failed) {
        cleanup_free char *reason =
            text_format("%s is not installed", file_basename(allocator->sonames[0]));
        cleanup_free char *hint = text_format("apt-get install %s", allocator->package);
        make_unavailable(setting, reason, hint);
    }
    return failed;
}

/* Finds the library of a listed allocator and proves it. */
static int try_listed(struct setting *setting, struct error *err)
{
    if (setting->allocator->sonames && find_library(setting, err)) {
        return -1;
    }
    bool is_missing = setting->allocator->sonames && !setting->library;
    return is_missing ? 0 : prove_library(setting, err);
}

static void init(struct setting *setting, const char *name, const struct allocator *allocator)
{
    *setting = (struct setting){.name = text_copy(name), .allocator = allocator};
    const char *const *variable = allocator ? allocator->environment : NULL;
    for (; variable && *variable; variable++) {
        text_list_add(&setting->environment, *variable);
    }
}

int setting_of_allocator(struct setting *setting, const struct allocator *allocator,
                         struct error *err)
{
    init(setting, allocator->name, allocator);
    return try_listed(setting, err);
}

/* What ld.so would only warn about. Returns NULL if the file looks like a library for this machine,
 * else why not. */
static const char *check_library(const char *path)
{
    struct stat status;
    Elf64_Ehdr header, own;
    if (stat(path, &status)) {
        return errno == ENOENT ? "there is no such file" : strerror(errno);
    }
    if (!S_ISREG(status.st_mode)) {
        return "it is not a file";
    }
    cleanup_close int library = open(path, O_RDONLY | O_CLOEXEC);
    cleanup_close int program = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
    if (library < 0 || program < 0) {
        return strerror(errno);
    }
    if (read(library, &header, sizeof header) < (ssize_t)sizeof header ||
        memcmp(header.e_ident, ELFMAG, SELFMAG) != 0) {
        return "it is not an ELF file";
    }
    if (header.e_ident[EI_CLASS] != ELFCLASS64) {
        return "it is a 32-bit library";
    }
    if (read(program, &own, sizeof own) < (ssize_t)sizeof own ||
        header.e_machine != own.e_machine) {
        return "it is made for another processor";
    }
    return header.e_type == ET_DYN ? NULL : "it is not a shared library";
}

static int use_path(struct setting *setting, const char *path, struct error *err)
{
    const char *flaw = check_library(path);
    if (flaw) {
        cleanup_free char *reason = text_format("cannot preload '%s': %s", path, flaw);
        make_unavailable(setting, reason,
                         "give the absolute path of a shared library that brings "
                         "malloc");
        return 0;
    }
    char resolved[PATH_MAX];
    setting->library = text_copy(realpath(path, resolved) ? resolved : path);
    if (strpbrk(setting->library, " :")) {
        cleanup_free char *reason = text_format(
            "cannot preload '%s': ld.so takes no path with a space or a colon", setting->library);
        make_unavailable(setting, reason, "link the library to another name");
        return 0;
    }
    return prove_library(setting, err);
}

static void unknown_allocator(const char *name, struct error *err)
{
    const char *names[allocator_count];
    struct text_list all = {0};
    for (size_t i = 0; i < allocator_count; i++) {
        names[i] = allocator_table[i]->name;
        text_list_add(&all, names[i]);
    }
    cleanup_free char *near = text_nearest(name, names, allocator_count);
    cleanup_free char *list = text_join(&all, ", ");
    text_list_clear(&all);
    error_set(err, "unknown allocator '%s'", name);
    if (near) {
        error_hint(err, "did you mean %s? 'membench list allocators' shows all", near);
    } else {
        error_hint(err, "known are %s; a library of your own is NAME=/path/to/library.so", list);
    }
}

bool setting_is_name(const char *name)
{
    static const char letters[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
    size_t length = strlen(name);
    return length > 0 && length <= 64 && strspn(name, letters) == length && name[0] != '-';
}

/* NAME=BASE[;ENV=VALUE]... */
static int parse_definition(struct setting *setting, const char *text, struct error *err)
{
    static const char form[] = "write NAME=BASE[;VARIABLE=VALUE]..., as in "
                               "'je=jemalloc;MALLOC_CONF=background_thread:true'";
    struct text_list parts = {0};
    text_list_split(&parts, text, ';');
    size_t length = strcspn(parts.items[0], "=");
    bool has_base = parts.items[0][length] == '=';
    cleanup_free char *name = text_format("%.*s", (int)length, has_base ? parts.items[0] : "");
    cleanup_free char *base = text_copy(parts.items[0] + length + has_base);
    const struct allocator *allocator = base[0] == '/' ? NULL : allocator_find(base);
    int failed = 0;
    if (!has_base) {
        failed = error_set(err, "the definition '%s' has no name", text);
        error_hint(err, "%s", form);
    } else if (!setting_is_name(name) || allocator_find(name)) {
        failed = error_set(err, "'%s' cannot be the name of an allocator of your own", name);
        error_hint(err,
                   allocator_find(name) ? "it is the name of a listed one: take another" : form);
    } else if (base[0] != '/' && !allocator) {
        unknown_allocator(base, err);
        failed = -1;
    }
    init(setting, name, allocator);
    for (size_t i = 1; i < parts.count && !failed; i++) {
        failed = environment_add_given(&setting->environment, parts.items[i], err);
    }
    text_list_clear(&parts);
    if (failed) {
        return -1;
    }
    return allocator ? try_listed(setting, err) : use_path(setting, base, err);
}

static struct setting *append(struct setting **settings, size_t *count)
{
    *settings = text_grow(*settings, *count + 1, sizeof **settings);
    struct setting *added = &(*settings)[(*count)++];
    *added = (struct setting){0};
    return added;
}

static int reject_repeated(const struct setting *settings, size_t count, struct error *err)
{
    for (size_t i = 0; i + 1 < count; i++) {
        if (strcmp(settings[i].name, settings[count - 1].name) == 0) {
            error_set(err, "the allocator '%s' is given twice", settings[i].name);
            return error_hint(err, "give each name once");
        }
    }
    return 0;
}

static int parse_name(const char *name, struct setting **settings, size_t *count, struct error *err)
{
    const struct allocator *allocator = allocator_find(name);
    if (!allocator) {
        unknown_allocator(name, err);
        return -1;
    }
    return setting_of_allocator(append(settings, count), allocator, err) ||
           reject_repeated(*settings, *count, err);
}

int setting_parse(const char *text, struct setting **settings, size_t *count, struct error *err)
{
    if (strpbrk(text, "=;")) {
        return parse_definition(append(settings, count), text, err) ||
                       reject_repeated(*settings, *count, err)
                   ? -1
                   : 0;
    }
    struct text_list names = {0};
    text_list_split(&names, text, ',');
    int failed = 0;
    for (size_t i = 0; i < names.count && !failed; i++) {
        failed = parse_name(names.items[i], settings, count, err);
    }
    text_list_clear(&names);
    return failed ? -1 : 0;
}

int setting_defaults(struct setting **settings, size_t *count, struct error *err)
{
    for (size_t i = 0; i < allocator_count; i++) {
        if (!allocator_table[i]->is_stock) {
            continue;
        }
        struct setting *added = append(settings, count);
        if (setting_of_allocator(added, allocator_table[i], err)) {
            return -1;
        }
        if (!added->is_available) {
            setting_clear(added);
            (*count)--;
        }
    }
    return 0;
}

void setting_clear(struct setting *setting)
{
    free(setting->name);
    free(setting->library);
    free(setting->reason);
    free(setting->hint);
    text_list_clear(&setting->environment);
    text_list_clear(&setting->warnings);
    *setting = (struct setting){0};
}
