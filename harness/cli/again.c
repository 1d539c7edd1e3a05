#include "cli/again.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "cli/sitting.h"
#include "report/reproduction.h"

static char *make_absolute(const char *path)
{
    char resolved[PATH_MAX];
    return text_copy(realpath(path, resolved) ? resolved : path);
}

int again_load(struct again *again, const struct options *given, struct error *err)
{
    struct database database = {0};
    *again = (struct again){0};
    if (sitting_open_store(&database, given, DATABASE_READ, err)) {
        return -1;
    }
    int failed = store_load(&database, given->again, &again->earlier, err);
    database_close(&database);
    if (failed) {
        return -1;
    }
    cleanup_free char *db = sitting_database_path(given);
    again->db = make_absolute(db);
    again->out = make_absolute(given->out);
    const char *directory = again->earlier.info.directory;
    if (chdir(directory)) {
        error_errno(err, "cannot go to '%s', where the run was started", directory);
        return error_hint(err, "its workloads and its environment are looked up from there");
    }
    return 0;
}

/* That a family was installed since is no reason to measure it too. */
static void name_allocators(const struct plan *earlier, struct options *options)
{
    for (size_t i = 0; options->allocators.count < earlier->setting_count; i++) {
        text_list_add(&options->allocators, earlier->settings[i].name);
    }
}

void again_adapt(const struct again *again, struct options *options)
{
    options->out = again->out;
    options->db = again->db;
    if (options->allocators.count == 0) {
        name_allocators(&again->earlier.plan, options);
    }
}

static void warn(const struct text_list *lines)
{
    for (size_t i = 0; i < lines->count; i++) {
        fprintf(stderr, "membench: warning: %s\n", lines->items[i]);
    }
}

static int check_changes(const struct again *again, const struct plan *plan, bool allow_changed,
                         struct error *err)
{
    struct text_list changes = {0};
    cleanup_free const struct wire_hello **identities =
        text_allocate(plan->setting_count * sizeof *identities);
    for (size_t i = 0; i < plan->setting_count; i++) {
        identities[i] = plan->settings[i].is_available ? &plan->settings[i].proof : NULL;
    }
    reproduction_add_changes(&again->earlier, plan, identities, &changes);
    int failed = 0;
    if (changes.count > 0 && !allow_changed) {
        cleanup_free char *all = text_join(&changes, "; ");
        failed = error_set(err, "the run '%s' cannot be repeated: %s", again->earlier.info.id, all);
        error_hint(err, "start a new run, or repeat it as things are now with --allow-changed");
    } else {
        warn(&changes);
    }
    text_list_clear(&changes);
    return failed;
}

int again_check(const struct again *again, const struct plan *plan, bool allow_changed,
                struct error *err)
{
    if (check_changes(again, plan, allow_changed, err)) {
        return -1;
    }
    struct host host;
    struct text_list notes = {0};
    host_read(&host);
    host_add(&host, HOST_TRIALS_HUGE_PAGES, plan->options->no_huge_pages ? "off" : "host");
    reproduction_add_notes(&again->earlier.info, &host, MEMBENCH_VERSION, &notes);
    warn(&notes);
    text_list_clear(&notes);
    host_clear(&host);
    return 0;
}

void again_clear(struct again *again)
{
    stored_run_clear(&again->earlier);
    free(again->out);
    free(again->db);
    *again = (struct again){0};
}

void again_print(struct database *database, const struct stored_run *run, FILE *out)
{
    struct stored_run earlier;
    struct reproduction reproduction;
    struct error err;
    if (run->info.again[0] == '\0') {
        return;
    }
    if (store_load(database, run->info.again, &earlier, &err)) {
        fprintf(out, "\nThis run repeats another one, but %s\n", err.message);
        return;
    }
    reproduction_make(&reproduction, &earlier, run);
    reproduction_print(&reproduction, out);
    reproduction_clear(&reproduction);
    stored_run_clear(&earlier);
}
