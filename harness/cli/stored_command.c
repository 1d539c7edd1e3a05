#include "cli/stored_command.h"

#include <string.h>

#include "base/cleanup.h"
#include "cli/exit_status.h"
#include "cli/run_options.h"
#include "cli/terminal.h"

static void print_help(const struct stored_command *command)
{
    unsigned width = terminal_width(stdout);
    printf("%s\n", command->usage);
    command_line_wrap(command->about, stdout, 0, 0, width);
    putchar('\n');
    command_line_print(command->own, command->own_count, stdout, width);
    run_options_print_some(command->shared, stdout, width);
    if (command->after) {
        putchar('\n');
        command_line_wrap(command->after, stdout, 0, 0, width);
    }
}

/* All options of a run are known, so that one which is not for this command is called by its name.
 */
static int parse(const struct stored_command *command, int argc, char **argv,
                 struct options *options, struct error *err)
{
    size_t count = run_option_count + command->own_count;
    cleanup_free struct option_info *table = text_allocate(count * sizeof *table);
    memcpy(table, run_option_table, run_option_count * sizeof *table);
    if (command->own_count > 0) {
        memcpy(table + run_option_count, command->own, command->own_count * sizeof *table);
    }
    return command_line_parse(table, count, argc, argv, options, err);
}

static bool is_own(const struct stored_command *command, const char *name)
{
    for (size_t i = 0; i < command->own_count; i++) {
        if (strcmp(command->own[i].name, name) == 0) {
            return true;
        }
    }
    return false;
}

static int check(const struct stored_command *command, const struct options *options,
                 struct error *err)
{
    struct text_list shared = {0};
    for (size_t i = 0; i < options->given.count; i++) {
        if (!is_own(command, options->given.items[i])) {
            text_list_add(&shared, options->given.items[i]);
        }
    }
    int failed = run_options_allow(&shared, command->name, command->shared, err);
    text_list_clear(&shared);
    return failed;
}

int stored_command_run(const struct stored_command *command, int argc, char **argv)
{
    struct options options;
    struct error err;
    options_init(&options);
    options.bisect = command_line_has(argc, argv, "--bisect");
    int status = EXIT_WRONG_USAGE;
    if (parse(command, argc, argv, &options, &err) || check(command, &options, &err)) {
        error_print(&err, stderr);
    } else if (options.help) {
        print_help(command);
        status = EXIT_DONE;
    } else {
        status = EXIT_NOT_MEASURED;
        if (command->act(&options, &status, &err)) {
            error_print(&err, stderr);
        }
    }
    if (options.bisect) {
        status = exit_status_for_bisect(status);
    }
    options_clear(&options);
    return status;
}
