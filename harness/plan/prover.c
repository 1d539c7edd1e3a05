#include "plan/prover.h"

#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "base/cleanup.h"
#include "base/command.h"
#include "plan/environment.h"
#include "plan/locate.h"

/* Generous: a proof takes a few milliseconds. */
static const double proof_seconds = 30;

static void make_environment(struct text_list *environment, const char *const *added,
                             const char *preload)
{
    struct setting preloaded = {.library = (char *)preload};
    for (; added && *added; added++) {
        text_list_add(&preloaded.environment, *added);
    }
    environment_add_common(environment);
    environment_add_setting(environment, &preloaded);
    text_list_clear(&preloaded.environment);
}

/* Why a program did not start that said nothing itself. */
static char *explain(const struct command_output *output)
{
    if (output->is_late) {
        return text_format("it does not end within %g s", proof_seconds);
    }
    if (WIFSIGNALED(output->status)) {
        return text_format("it is killed by signal %d (%s)", WTERMSIG(output->status),
                           strsignal(WTERMSIG(output->status)));
    }
    return text_format("it leaves with exit status %d", WEXITSTATUS(output->status));
}

int prover_run(const char *const *added, const char *preload, const char *expected,
               struct prover_answer *answer, struct error *err)
{
    *answer = (struct prover_answer){0};
    cleanup_free char *worker = locate_worker(err);
    if (!worker) {
        return -1;
    }
    const char *const argv[] = {worker, "--prove", expected ? "--library" : NULL, expected, NULL};
    struct text_list environment = {0};
    struct command_output output;
    make_environment(&environment, added, preload);
    int failed =
        command_run(argv, (const char *const *)environment.items, proof_seconds, &output, err);
    text_list_clear(&environment);
    if (failed) {
        return -1;
    }
    size_t size = sizeof answer->hello;
    answer->is_there = WIFEXITED(output.status) && output.out_length >= size;
    if (answer->is_there) {
        /* What a chatty library prints first stands before the struct. */
        memcpy(&answer->hello, output.out + output.out_length - size, size);
    }
    answer->said = take_pointer(output.err);
    if (!answer->is_there && (output.is_late || answer->said[0] == '\0')) {
        free(answer->said);
        answer->said = explain(&output);
    }
    command_output_clear(&output);
    return 0;
}

void prover_answer_clear(struct prover_answer *answer)
{
    free(answer->said);
    *answer = (struct prover_answer){0};
}
