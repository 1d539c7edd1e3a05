/* membench doctor: what this machine can and cannot measure, and how to mend it. */
#include <errno.h>
#include <getopt.h>
#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/exit_status.h"
#include "cli/terminal.h"
#include "measure/kernel.h"
#include "measure/machine.h"
#include "plan/options.h"
#include "plan/parts.h"

/* ---- what only the command line knows ---- */

/* The directory itself, or the nearest above it that is there already. */
static char *nearest_directory(const char *path)
{
    char *place = text_copy(path);
    struct stat status;
    while (stat(place, &status) && errno == ENOENT) {
        char *slash = strrchr(place, '/');
        if (!slash) {
            free(place);
            return text_copy(".");
        }
        slash[slash == place] = '\0';
    }
    return place;
}

/* By trying it: what access() allows root, a read-only or imitated file system does not. */
static bool can_write(const char *place)
{
    cleanup_free char *probe = text_format("%s/.membench-XXXXXX", place);
    return mkdtemp(probe) && rmdir(probe) == 0;
}

static void judge_place(const char *out, struct findings *findings)
{
    static const char subject[] = "results", hint[] = "give another directory with --out";
    static const double mebibyte = 0x1p20, little = 256;
    cleanup_free char *place = nearest_directory(out);
    struct stat status;
    struct statvfs disk;
    if (stat(place, &status) == 0 && !S_ISDIR(status.st_mode)) {
        findings_add(findings, FINDING_FAIL, subject, hint, "'%s' is not a directory", place);
    } else if (!can_write(place) || statvfs(place, &disk)) {
        findings_add(findings, FINDING_FAIL, subject, hint, "cannot write in '%s': %s", place,
                     strerror(errno));
    } else {
        double available = (double)disk.f_bavail * (double)disk.f_frsize / mebibyte;
        if (available < little) {
            findings_add(findings, FINDING_WARN, subject, hint, "'%s' has only %.0f MiB free",
                         place, available);
        } else {
            findings_ok(findings, subject, "go to '%s', %.0f MiB free", out, available);
        }
    }
}

static void judge_locale(struct findings *findings)
{
    if (!setlocale(LC_CTYPE, "")) {
        findings_add(findings, FINDING_WARN, "locale", "export LC_ALL=C.UTF-8",
                     "the one that the environment names is not installed");
    } else if (!terminal_is_utf8()) {
        findings_add(findings, FINDING_WARN, "locale", "export LC_ALL=C.UTF-8",
                     "%s: tables are drawn in ASCII, and Python may print '?'",
                     nl_langinfo(CODESET));
    } else {
        findings_ok(findings, "locale", "%s", nl_langinfo(CODESET));
    }
}

/* ---- the whole ---- */

static void examine(const char *out, struct findings *findings)
{
    struct machine machine;
    struct kernel_trial trial;
    struct error err;
    machine_read(&machine);
    machine_judge(&machine, findings);
    if (kernel_try(&trial, &err)) {
        findings_add(findings, FINDING_FAIL, "child", "ulimit -u and -v may be too low", "%s",
                     err.message);
    } else {
        kernel_judge(&trial, findings);
    }
    judge_place(out, findings);
    judge_locale(findings);
    parts_judge(findings);
}

static void print(const struct findings *findings)
{
    int width = 0;
    for (size_t i = 0; i < findings->count; i++) {
        int length = (int)strlen(findings->items[i].subject);
        width = length > width ? length : width;
    }
    for (size_t i = 0; i < findings->count; i++) {
        const struct finding *finding = &findings->items[i];
        printf("%-4s  %-*s  %s\n", finding_grade_name(finding->grade), width, finding->subject,
               finding->text);
        if (finding->hint) {
            printf("hint: %s\n", finding->hint);
        }
    }
    size_t failed = findings_count(findings, FINDING_FAIL);
    size_t warned = findings_count(findings, FINDING_WARN);
    printf("\n%s: %zu ok, %zu warn, %zu fail\n",
           failed ? "membench cannot measure here as it should" : "membench can measure here",
           findings_count(findings, FINDING_OK), warned, failed);
}

static int diagnose(const char *out)
{
    struct findings findings = {0};
    examine(out, &findings);
    print(&findings);
    bool has_failed = findings_count(&findings, FINDING_FAIL) > 0;
    findings_clear(&findings);
    return has_failed ? EXIT_NOT_MEASURED : EXIT_DONE;
}

static void print_help(void)
{
    puts(
        "usage: membench doctor [-o DIR]\n\n"
        "Tries what a measurement needs of this machine: the kernel's figures on a child whose\n"
        "memory is known, every allocator, Python, and the place of the results. A line each: ok,\n"
        "warn (something is measured less well) or fail, and a hint how to mend it.\n\n"
        "  -o, --out DIR  where results are going to be written (./results)\n"
        "  -h, --help     this text\n\n"
        "Exit status: 0 all that is needed works, 125 something does not.");
}

/* Returns -1 with the error set, 1 for --help, else 0. `out` is owned by the caller. */
static int parse(int argc, char **argv, char **out, struct error *err)
{
    static const struct option options[] = {
        {"out", required_argument, NULL, 'o'}, {"help", no_argument, NULL, 'h'}, {0}};
    opterr = 0;
    optind = 0;
    for (int answer; (answer = getopt_long(argc, argv, ":o:h", options, NULL)) != -1;) {
        const char *given = argv[optind > 1 ? optind - 1 : 1];
        if (answer == 'h') {
            return 1;
        }
        if (answer != 'o') {
            error_set(err, answer == ':' ? "option '%s' needs a value" : "unknown option '%s'",
                      given);
            return error_hint(err, "membench doctor [-o DIR]");
        }
        free(*out);
        *out = text_copy(optarg);
    }
    if (optind < argc) {
        error_set(err, "'doctor' takes no '%s'", argv[optind]);
        return error_hint(err, "membench doctor [-o DIR]");
    }
    return 0;
}

int command_doctor(int argc, char **argv)
{
    struct options defaults;
    options_init(&defaults);
    cleanup_free char *out = text_copy(defaults.out);
    options_clear(&defaults);
    struct error err;
    int answer = parse(argc, argv, &out, &err);
    if (answer < 0) {
        error_print(&err, stderr);
        return EXIT_WRONG_USAGE;
    }
    if (answer == 1) {
        print_help();
        return EXIT_DONE;
    }
    return diagnose(out);
}
