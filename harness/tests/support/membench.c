#include "tests/support/membench.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/file.h"

/* A trial's processes die with it; this long only on a machine that is very busy. */
static const double vanish_seconds = 20;

static const char *own(struct membench *run, char *text)
{
    text_list_add(&run->owned, text);
    free(text);
    return run->owned.items[run->owned.count - 1];
}

static void check(const struct error *err, int failed)
{
    if (failed) {
        fail_msg("%s", err->message);
    }
}

/* ---- files ---- */

static char *read_whole(const char *path)
{
    cleanup_fclose FILE *file = fopen(path, "re");
    char *text = text_copy("");
    size_t length = 0;
    while (file && !feof(file)) {
        text = text_grow(text, length + 65537, 1);
        size_t got = fread(text + length, 1, 65536, file);
        length += got;
        text[length] = '\0';
        if (got == 0) {
            break;
        }
    }
    return text;
}

const char *membench_path(struct membench *run, const char *name)
{
    return own(run, text_format("%s/%s", run->place, name));
}

const char *membench_write(struct membench *run, const char *name, const char *text)
{
    const char *path = membench_path(run, name);
    cleanup_free char *directory = text_copy(path);
    *strrchr(directory, '/') = '\0';
    struct error err;
    check(&err, file_make_directories(directory, &err));
    unlink(path);
    check(&err, file_write(path, text, strlen(text), &err));
    return path;
}

static int remove_entry(const char *path, const struct stat *status, int kind, struct FTW *place)
{
    (void)status;
    (void)kind;
    (void)place;
    return remove(path);
}

/* ---- tables ---- */

/* Takes one field of a CSV text (RFC 4180) in place and says what ended it: ',', '\n' or '\0'. */
static char take_field(char **at, char **field)
{
    char *from = *at, *to = *at;
    bool is_quoted = *from == '"';
    *field = to;
    from += is_quoted;
    while (*from && (is_quoted || (*from != ',' && *from != '\n' && *from != '\r'))) {
        if (is_quoted && *from == '"' && *++from != '"') {
            is_quoted = false;
            continue;
        }
        *to++ = *from++;
    }
    from += *from == '\r';
    char end = *from;
    *at = end ? from + 1 : from;
    *to = '\0';
    return end;
}

static void table_read(struct membench_table *table, const char *path)
{
    cleanup_free char *text = read_whole(path);
    char *at = text;
    while (*at) {
        struct text_list row = {0};
        char *field;
        char end;
        do {
            end = take_field(&at, &field);
            text_list_add(&row, field);
        } while (end == ',');
        /* A failed trial runs its block once more, and what was asked for is the first time. */
        bool repeats = table->count > 0 && row.items[row.count - 1][0] != '\0' &&
                       strcmp(table->rows[0][row.count - 1], "repeats") == 0;
        if (repeats) {
            text_list_clear(&row);
            continue;
        }
        table->rows = text_grow(table->rows, table->count + 1, sizeof *table->rows);
        table->rows[table->count++] = row.items;
    }
}

static void table_clear(struct membench_table *table)
{
    for (size_t i = 0; i < table->count; i++) {
        for (char **field = table->rows[i]; *field; field++) {
            free(*field);
        }
        free(table->rows[i]);
    }
    free(table->rows);
    *table = (struct membench_table){0};
}

static const char *table_field(const struct membench_table *table, size_t row, const char *column)
{
    for (size_t i = 0; table->rows[0][i]; i++) {
        if (!table->rows[row][i]) {
            fail_msg("row %zu is shorter than the header", row);
        }
        if (strcmp(table->rows[0][i], column) == 0) {
            return table->rows[row][i];
        }
    }
    fail_msg("there is no column '%s'", column);
    return NULL;
}

static bool is_text(const struct membench_table *table, size_t row, const char *column,
                    const char *wanted)
{
    return !wanted || strcmp(table_field(table, row, column), wanted) == 0;
}

static bool is_number(const struct membench_table *table, size_t row, const char *column,
                      unsigned wanted)
{
    return wanted == 0 || strtoul(table_field(table, row, column), NULL, 10) == wanted;
}

static bool is_meant(const struct membench_table *table, size_t row, struct membench_where where)
{
    return is_number(table, row, "trial", where.trial) &&
           is_text(table, row, "workload", where.workload) &&
           is_text(table, row, "allocator", where.allocator) &&
           is_text(table, row, "object_allocator", where.object_allocator);
}

/* ---- a run's directory ---- */

static bool speaks_to_python_or_malloc(const char *variable)
{
    static const char *const prefixes[] = {
        "PYTHON",      "MALLOC_",      "MALLOC_CONF", "TCMALLOC_", "GLIBC_",    "MIMALLOC_",
        "LD_PRELOAD=", "VIRTUAL_ENV=", "TMPDIR=",     "HOME=",     "NO_COLOR=", "COLUMNS="};
    for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++) {
        if (text_starts_with(variable, prefixes[i])) {
            return true;
        }
    }
    return false;
}

int membench_setup(void **state)
{
    struct membench *run = text_allocate(sizeof *run);
    *run = (struct membench){.seconds = 120};
    const char *base = getenv("TMPDIR");
    run->home = text_format("%s/membench-test.XXXXXX", base && *base ? base : "/tmp");
    if (!mkdtemp(run->home)) {
        print_error("cannot make '%s': %s\n", run->home, strerror(errno));
        return -1;
    }
    /* What a Python program calls its working directory has no links in it. */
    char *real = realpath(run->home, NULL);
    free(run->home);
    run->home = real;
    run->place = text_format("%s/place", run->home);
    run->temporary = text_format("%s/tmp", run->home);
    mkdir(run->place, 0777);
    mkdir(run->temporary, 0777);
    for (char **variable = environ; *variable; variable++) {
        if (!speaks_to_python_or_malloc(*variable)) {
            text_list_add(&run->environment, *variable);
        }
    }
    membench_set(run, "TMPDIR", run->temporary);
    membench_set(run, "HOME", run->place);
    *state = run;
    return 0;
}

void membench_set(struct membench *run, const char *name, const char *value)
{
    size_t length = strlen(name);
    char *variable = text_format("%s=%s", name, value);
    for (size_t i = 0; i < run->environment.count; i++) {
        if (strncmp(run->environment.items[i], variable, length + 1) == 0) {
            free(run->environment.items[i]);
            run->environment.items[i] = variable;
            return;
        }
    }
    text_list_add(&run->environment, variable);
    free(variable);
}

/* ---- what is left ---- */

static bool holds(const char *text, size_t length, const char *part)
{
    return memmem(text, length, part, strlen(part)) != NULL;
}

/* Every process of a run has its TMPDIR in its environment, or works in its directory. Both are
 * unreadable or empty for a zombie and for a kernel thread. */
static bool belongs(const struct membench *run, const char *pid)
{
    char path[64], text[PATH_MAX];
    snprintf(path, sizeof path, "/proc/%.16s/cwd", pid);
    ssize_t length = readlink(path, text, sizeof text);
    if (length > 0 && holds(text, (size_t)length, run->home)) {
        return true;
    }
    snprintf(path, sizeof path, "/proc/%.16s/environ", pid);
    cleanup_free char *environment = text_allocate(1 << 20);
    cleanup_close int file = open(path, O_RDONLY | O_CLOEXEC);
    length = file < 0 ? -1 : read(file, environment, 1 << 20);
    return length > 0 && holds(environment, (size_t)length, run->home);
}

static unsigned each_process(const struct membench *run, void (*act)(pid_t pid))
{
    DIR *directory = opendir("/proc");
    unsigned count = 0;
    struct dirent *entry;
    while (directory && (entry = readdir(directory))) {
        pid_t pid = (pid_t)strtol(entry->d_name, NULL, 10);
        if (pid > 0 && pid != getpid() && belongs(run, entry->d_name)) {
            count++;
            if (act) {
                act(pid);
            }
        }
    }
    if (directory) {
        closedir(directory);
    }
    return count;
}

unsigned membench_processes(const struct membench *run)
{
    return each_process(run, NULL);
}

static void show_and_kill(pid_t pid)
{
    char path[64], name[64] = "";
    snprintf(path, sizeof path, "/proc/%d/comm", (int)pid);
    file_read_at(AT_FDCWD, path, name, sizeof name);
    name[strcspn(name, "\n")] = '\0';
    print_error("process %d '%s' outlives its run\n", (int)pid, name);
    kill(pid, SIGKILL);
}

static bool is_process_left(const struct membench *run)
{
    double deadline = clock_now() + vanish_seconds;
    while (membench_processes(run) > 0 && clock_now() < deadline) {
        usleep(10000);
    }
    return each_process(run, show_and_kill) > 0;
}

static bool is_file_left(const struct membench *run)
{
    DIR *directory = opendir(run->temporary);
    bool found = false;
    struct dirent *entry;
    while (directory && (entry = readdir(directory))) {
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0) {
            print_error("the temporary file '%s' is left\n", entry->d_name);
            found = true;
        }
    }
    if (directory) {
        closedir(directory);
    }
    return found;
}

/* ---- running ---- */

static void forget_last(struct membench *run)
{
    free(run->out);
    free(run->err);
    free(run->directory);
    run->out = run->err = run->directory = NULL;
    table_clear(&run->samples);
    table_clear(&run->trials);
    table_clear(&run->summary);
}

int membench_teardown(void **state)
{
    struct membench *run = *state;
    if (run->pid) { /* the test failed before it waited */
        kill(run->pid, SIGKILL);
        waitpid(run->pid, NULL, 0);
    }
    int failed = is_process_left(run);
    failed |= is_file_left(run);
    nftw(run->home, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
    forget_last(run);
    text_list_clear(&run->environment);
    text_list_clear(&run->owned);
    free(run->home);
    free(run->place);
    free(run->temporary);
    free(run);
    return failed ? -1 : 0;
}

void membench_start_program(struct membench *run, const char *const *argv)
{
    forget_last(run);
    cleanup_free char *out = text_format("%s/stdout", run->home);
    cleanup_free char *err = text_format("%s/stderr", run->home);
    const int create = O_WRONLY | O_CREAT | O_TRUNC;

    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, 1, out, create, 0666);
    posix_spawn_file_actions_addopen(&actions, 2, err, create, 0666);
    /* What the test's own caller left open is not part of it. */
    posix_spawn_file_actions_addclosefrom_np(&actions, 3);
    posix_spawn_file_actions_addchdir_np(&actions, run->place);
    int code = posix_spawn(&run->pid, argv[0], &actions, &attributes, (char *const *)argv,
                           run->environment.items);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    if (code) {
        run->pid = 0;
        fail_msg("cannot start '%s': %s", argv[0], strerror(code));
    }
}

static void find_directory(struct membench *run)
{
    cleanup_free char *out = text_copy(run->out);
    size_t length = strlen(out);
    while (length > 0 && out[length - 1] == '\n') {
        out[--length] = '\0';
    }
    const char *line = strrchr(out, '\n');
    line = line ? line + 1 : out;
    cleanup_free char *path =
        line[0] == '/' ? text_copy(line) : text_format("%s/%s", run->place, line);
    struct stat status;
    if (length > 0 && stat(path, &status) == 0 && S_ISDIR(status.st_mode)) {
        run->directory = take_pointer(path);
    }
}

static void read_results(struct membench *run)
{
    cleanup_free char *out = text_format("%s/stdout", run->home);
    cleanup_free char *err = text_format("%s/stderr", run->home);
    run->out = read_whole(out);
    run->err = read_whole(err);
    find_directory(run);
    if (run->directory) {
        cleanup_free char *samples = text_format("%s/samples.csv", run->directory);
        cleanup_free char *trials = text_format("%s/trials.csv", run->directory);
        cleanup_free char *summary = text_format("%s/summary.csv", run->directory);
        table_read(&run->samples, samples);
        table_read(&run->trials, trials);
        table_read(&run->summary, summary);
    }
}

void membench_wait(struct membench *run)
{
    cleanup_close int process = pidfd_open(run->pid, 0);
    struct pollfd polled = {.fd = process, .events = POLLIN};
    bool is_late = poll(&polled, 1, (int)(run->seconds * 1000)) == 0;
    if (is_late) {
        kill(-run->pid, SIGKILL);
    }
    int status = 0;
    while (waitpid(run->pid, &status, 0) < 0 && errno == EINTR) {
    }
    run->pid = 0;
    run->exit_status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    run->signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    read_results(run);
    if (is_late) {
        fail_msg("not at its end after %g s; it printed:\n%s%s", run->seconds, run->out, run->err);
    }
}

/* ---- asking ---- */

void membench_expect(struct membench *run, int exit_status)
{
    if (run->exit_status == exit_status && run->signal == 0) {
        return;
    }
    print_error("---- stdout\n%s---- stderr\n%s", run->out, run->err);
    for (unsigned trial = 1; trial < run->trials.count; trial++) {
        print_error("---- trial %u: %s %s\n%s\n", trial,
                    membench_field(run, "outcome", .trial = trial),
                    membench_field(run, "summary", .trial = trial), membench_output(run, trial));
    }
    fail_msg("exit status %d (signal %d), not %d", run->exit_status, run->signal, exit_status);
}

void membench_expect_text(const char *text, const char *part)
{
    if (!text || !strstr(text, part)) {
        fail_msg("'%s' is not in:\n%s", part, text ? text : "(nothing)");
    }
}

static bool is_sample(const struct membench_table *samples, size_t row, const char *phase,
                      const char *metric, struct membench_where where)
{
    return is_text(samples, row, "phase", phase) && is_text(samples, row, "metric", metric) &&
           is_number(samples, row, "cycle", where.cycle) &&
           is_number(samples, row, "visit", where.visit) && is_meant(samples, row, where);
}

size_t membench_count_where(struct membench *run, const char *phase, const char *metric,
                            struct membench_where where)
{
    size_t count = 0;
    for (size_t row = 1; row < run->samples.count; row++) {
        count += is_sample(&run->samples, row, phase, metric, where);
    }
    return count;
}

/* The field of the one row that is meant; NAN if it is empty. */
static double sample_number(struct membench *run, const char *phase, const char *metric,
                            struct membench_where where, const char *column)
{
    size_t count = membench_count_where(run, phase, metric, where);
    if (count != 1) {
        fail_msg("%zu rows of samples.csv are %s.%s there", count, phase, metric);
    }
    size_t row = 1;
    while (!is_sample(&run->samples, row, phase, metric, where)) {
        row++;
    }
    const char *value = table_field(&run->samples, row, column);
    char *end;
    double number = strtod(value, &end);
    if (*end) {
        fail_msg("%s.%s is '%s', not a number", phase, metric, value);
    }
    return *value ? number : NAN;
}

double membench_value_where(struct membench *run, const char *phase, const char *metric,
                            struct membench_where where)
{
    return sample_number(run, phase, metric, where, "value");
}

double membench_elapsed_where(struct membench *run, const char *phase, struct membench_where where)
{
    return sample_number(run, phase, "rss", where, "elapsed_seconds");
}

const char *membench_phases(struct membench *run, unsigned trial)
{
    char *phases = text_copy("");
    for (size_t row = 1; row < run->samples.count; row++) {
        if (is_sample(&run->samples, row, NULL, "rss", (struct membench_where){.trial = trial})) {
            char *longer = text_format("%s%s%s", phases, *phases ? " " : "",
                                       table_field(&run->samples, row, "phase"));
            free(phases);
            phases = longer;
        }
    }
    return own(run, phases);
}

const char *membench_field_where(struct membench *run, const char *column,
                                 struct membench_where where)
{
    size_t found = 0;
    for (size_t row = 1; row < run->trials.count; row++) {
        if (is_meant(&run->trials, row, where)) {
            if (found) {
                fail_msg("trials %zu and %zu are both meant", found, row);
            }
            found = row;
        }
    }
    if (!found) {
        fail_msg("trials.csv has no such row (%zu rows in all)", run->trials.count);
    }
    return table_field(&run->trials, found, column);
}

const char *membench_output(struct membench *run, unsigned trial)
{
    if (!run->directory) {
        fail_msg("there is no run directory; stderr:\n%s", run->err);
    }
    cleanup_free char *path = text_format("%s/output/trial-%04u.txt", run->directory, trial);
    return own(run, read_whole(path));
}
