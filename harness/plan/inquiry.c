#include "plan/inquiry.h"

#include "base/cleanup.h"
#include "base/command.h"
#include "base/text.h"
#include "plan/environment.h"
#include "plan/locate.h"

/* Generous: reading a syntax tree takes some 30 ms. */
static const double most_seconds = 60;

const char *inquiry_text(const json_t *answer, const char *key)
{
    const char *text = json_string_value(json_object_get(answer, key));
    return text ? text : "";
}

json_t *inquiry_run(const char *mode, const char *path, struct error *err)
{
    cleanup_free char *worker = locate_worker(err);
    if (!worker) {
        return NULL;
    }
    struct text_list environment = {0};
    environment_add_common(&environment);
    const char *const argv[] = {worker, mode, path, NULL};
    struct command_output output;
    int failed =
        command_run(argv, (const char *const *)environment.items, most_seconds, &output, err);
    text_list_clear(&environment);
    if (failed) {
        return NULL;
    }
    json_t *answer = json_loadb(output.out, output.out_length, JSON_REJECT_DUPLICATES, NULL);
    if (!json_is_object(answer)) {
        error_set(err, "cannot find out what it declares: %.1000s",
                  output.is_late ? "reading it takes too long" : output.err);
        json_decref(answer);
        answer = NULL;
    }
    command_output_clear(&output);
    return answer;
}
