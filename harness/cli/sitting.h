/* One sitting of a run: its directory and its place in the store, from the first trial to the last
 * or to an interruption. A run may take several. */
#pragma once

#include "plan/plan.h"
#include "store/store.h"

struct sitting {
    struct database database;
    struct run_info info;
    struct stored_run earlier; /* what is stored already, if this is not the first sitting */
    bool has_earlier;
    char *resume;  /* the options that go on with it, as one types them */
    char *reserve; /* a file that keeps some room on the disk for what the store cannot take */
};

/* The path of the database: --db, else membench.db in --out; the caller frees it. */
char *sitting_database_path(const struct options *options);

/* Opens the store that --db or --out names; that there is none is an error. */
int sitting_open_store(struct database *database, const struct options *options,
                       enum database_access access_mode, struct error *err);

/* The command line as it is stored: with what it left to the environment, so that another sitting
 * has that too. */
void sitting_write_command(struct text_list *command, const struct options *options, int argc,
                           char **argv);

/* Makes the run's directory and enters the run into the store. `command` is the stored command
 * line, which --resume and --again read; `again` is the run that it repeats, or "". */
int sitting_begin(struct sitting *sitting, const struct plan *plan, const struct text_list *command,
                  const char *again, struct error *err);

/* Opens a run for another sitting: loads what is there. */
int sitting_resume(struct sitting *sitting, const struct options *options, struct error *err);

/* Goes on with a resumed run: fails unless the plan, made from the stored command line, is the
 * stored one; then forgets the trial that the interruption cut off. */
int sitting_take_up(struct sitting *sitting, const struct plan *plan, bool allow_changed,
                    struct error *err);

/* Stores one trial. If that fails, its rows go to text files in the run's directory, and the error
 * says where. */
int sitting_add(struct sitting *sitting, const struct plan *plan, const struct record *record,
                struct error *err);

/* Marks the run as finished. */
int sitting_finish(struct sitting *sitting, struct error *err);

void sitting_clear(struct sitting *sitting);
