#include "cli/sitting.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "report/csv.h"

/* "--resume ID", and where its store is unless that is where everybody looks. */
static char *describe_resume(const char *id, const struct options *options)
{
    if (options->db) {
        return text_format("--resume %s --db %s", id, options->db);
    }
    bool is_default = strcmp(options->out, "results") == 0;
    return is_default ? text_format("--resume %s", id)
                      : text_format("--resume %s --out %s", id, options->out);
}

/* Room for the rows of one trial, kept for the moment when the disk is full. */
enum { RESERVE_BYTES = 192 * 1024 };

char *sitting_database_path(const struct options *options)
{
    return options->db ? text_copy(options->db) : text_format("%s/membench.db", options->out);
}

/* 20261123-051230-3fa2: readable, in order, and not twice, as runs on two machines may share a
 * database. */
static char *make_id(void)
{
    char moment[32];
    time_t now = time(NULL);
    struct tm local;
    uint16_t tail = 0;
    strftime(moment, sizeof moment, "%Y%m%d-%H%M%S", localtime_r(&now, &local));
    (void)!getrandom(&tail, sizeof tail, GRND_NONBLOCK);
    return text_format("%s-%04x", moment, tail);
}

/* DIR/<run>, absolute. */
static int make_directory(struct run_info *info, const char *out, struct error *err)
{
    char absolute[PATH_MAX];
    if (file_make_directories(out, err)) {
        return error_hint(err, "give another directory with --out");
    }
    if (!realpath(out, absolute)) {
        return error_errno(err, "cannot use '%s'", out);
    }
    for (int attempt = 0; attempt < 100; attempt++) {
        free(info->id);
        free(info->out);
        info->id = make_id();
        info->out = text_format("%s/%s", absolute, info->id);
        if (mkdir(info->out, 0777) == 0) {
            return 0;
        }
        if (errno != EEXIST) {
            break;
        }
    }
    error_errno(err, "cannot create directory '%s'", info->out);
    return error_hint(err, "give another directory with --out");
}

static int make_reserve(struct sitting *sitting, struct error *err)
{
    cleanup_free char *path = text_format("%s/.reserve", sitting->info.out);
    cleanup_close int descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
    int code = descriptor < 0 ? errno : posix_fallocate(descriptor, 0, RESERVE_BYTES);
    if (code != 0) {
        errno = code;
        error_errno(err, "cannot reserve %d KiB in '%s'", RESERVE_BYTES / 1024, sitting->info.out);
        unlink(path);
        return error_hint(err, "make room on the disk, or give another directory with --out");
    }
    sitting->reserve = take_pointer(path);
    return 0;
}

static void remove_reserve(struct sitting *sitting)
{
    if (sitting->reserve) {
        unlink(sitting->reserve);
        free(take_pointer(sitting->reserve));
    }
}

void sitting_write_command(struct text_list *command, const struct options *options, int argc,
                           char **argv)
{
    for (int i = 0; i < argc; i++) {
        text_list_add(command, argv[i]);
        if (i > 0) {
            continue;
        }
        if (options->venv) {
            text_list_add(command, "--venv");
            text_list_add(command, options->venv);
        }
        cleanup_free char *limit = text_format("%llu", (unsigned long long)options->memory_limit);
        text_list_add(command, "--memory-limit");
        text_list_add(command, limit);
    }
}

static void describe_run(struct run_info *info, const struct plan *plan,
                         const struct text_list *command, const char *again)
{
    char directory[PATH_MAX];
    info->started = store_format_time(time(NULL));
    info->finished = text_copy("");
    info->version = text_copy(MEMBENCH_VERSION);
    info->directory = text_copy(getcwd(directory, sizeof directory) ? directory : "/");
    info->seed = plan->options->seed;
    info->again = text_copy(again);
    for (size_t i = 0; i < command->count; i++) {
        text_list_add(&info->command, command->items[i]);
    }
    host_read(&info->host);
    host_add(&info->host, HOST_TRIALS_HUGE_PAGES, plan->options->no_huge_pages ? "off" : "host");
}

int sitting_begin(struct sitting *sitting, const struct plan *plan, const struct text_list *command,
                  const char *again, struct error *err)
{
    *sitting = (struct sitting){0};
    describe_run(&sitting->info, plan, command, again);
    cleanup_free char *path = sitting_database_path(plan->options);
    if (make_directory(&sitting->info, plan->options->out, err)) {
        return -1;
    }
    sitting->resume = describe_resume(sitting->info.id, plan->options);
    if (database_open(&sitting->database, path, DATABASE_WRITE, err) ||
        make_reserve(sitting, err) ||
        store_begin_run(&sitting->database, &sitting->info, plan, err)) {
        remove_reserve(sitting);
        rmdir(sitting->info.out); /* it holds nothing */
        return -1;
    }
    return 0;
}

int sitting_open_store(struct database *database, const struct options *options,
                       enum database_access access_mode, struct error *err)
{
    cleanup_free char *path = sitting_database_path(options);
    if (access(path, F_OK)) {
        error_errno(err, "there is no run stored in '%s'", path);
        return error_hint(err, "name the database with --db, or its directory with --out");
    }
    return database_open(database, path, access_mode, err);
}

int sitting_resume(struct sitting *sitting, const struct options *options, struct error *err)
{
    *sitting = (struct sitting){0};
    if (sitting_open_store(&sitting->database, options, DATABASE_WRITE, err) ||
        store_find(&sitting->database, options->resume, &sitting->info, err) ||
        store_load(&sitting->database, sitting->info.id, &sitting->earlier, err)) {
        return -1;
    }
    sitting->has_earlier = true;
    sitting->resume = describe_resume(sitting->info.id, options);
    if (chdir(sitting->info.directory)) {
        error_errno(err, "cannot go to '%s', where the run was started", sitting->info.directory);
        return error_hint(err, "its workloads and its environment are looked up from there");
    }
    return file_make_directories(sitting->info.out, err) || make_reserve(sitting, err) ? -1 : 0;
}

static int check_plan(const struct sitting *sitting, const struct plan *plan, bool allow_changed,
                      struct error *err)
{
    const struct plan *stored = &sitting->earlier.plan;
    bool is_same = plan->workload_count == stored->workload_count &&
                   plan->setting_count == stored->setting_count;
    for (size_t i = 0; is_same && i < plan->setting_count; i++) {
        is_same = strcmp(plan->settings[i].name, stored->settings[i].name) == 0;
    }
    if (!is_same) {
        error_set(err, "the run '%s' cannot go on: this machine has other allocators or workloads",
                  sitting->info.id);
        return error_hint(err, "start a new run, and name the allocators with --alloc");
    }
    for (size_t i = 0; i < plan->workload_count && !allow_changed; i++) {
        if (strcmp(plan->workloads[i].sha256, stored->workloads[i].sha256) != 0) {
            error_set(err, "the run '%s' cannot go on: '%s' has changed since it was started",
                      sitting->info.id, plan->workloads[i].path);
            return error_hint(err, "start a new run, or mix both with --allow-changed");
        }
    }
    return 0;
}

int sitting_take_up(struct sitting *sitting, const struct plan *plan, bool allow_changed,
                    struct error *err)
{
    if (check_plan(sitting, plan, allow_changed, err) ||
        store_forget_interrupted(&sitting->database, sitting->info.id, err)) {
        return -1;
    }
    stored_run_clear(&sitting->earlier);
    sitting->has_earlier = false;
    if (store_load(&sitting->database, sitting->info.id, &sitting->earlier, err)) {
        return -1;
    }
    sitting->has_earlier = true;
    return 0;
}

/* The same rows as in a run's CSV files, in a directory of their own in the run's. */
static int save_as_text(struct sitting *sitting, const struct plan *plan,
                        const struct record *record, char **directory, struct error *err)
{
    struct csv_files files;
    struct error closing;
    *directory = text_format("%s/unsaved-trial-%04u", sitting->info.out, record->trial->number);
    remove_reserve(sitting);
    int failed =
        csv_open(&files, *directory, sitting->info.id, err) || csv_add(&files, plan, record, err);
    return csv_close(&files, failed ? &closing : err) || failed ? -1 : 0;
}

int sitting_add(struct sitting *sitting, const struct plan *plan, const struct record *record,
                struct error *err)
{
    struct error unsaved;
    cleanup_free char *directory = NULL;
    if (store_add(&sitting->database, &sitting->info, plan, record, err) == 0) {
        return 0;
    }
    error_wrap(err, "trial %u could not be stored", record->trial->number);
    if (save_as_text(sitting, plan, record, &directory, &unsaved)) {
        return error_hint(err, "nor could its rows be written: %.300s", unsaved.message);
    }
    return error_hint(err, "its rows are in '%s'; go on later with %s", directory, sitting->resume);
}

int sitting_finish(struct sitting *sitting, struct error *err)
{
    cleanup_free char *now = store_format_time(time(NULL));
    return store_finish_run(&sitting->database, sitting->info.id, now, err);
}

void sitting_clear(struct sitting *sitting)
{
    remove_reserve(sitting);
    free(sitting->resume);
    if (sitting->has_earlier) {
        stored_run_clear(&sitting->earlier);
    }
    run_info_clear(&sitting->info);
    database_close(&sitting->database);
}
