#include "plan/planfile_workload.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "base/text.h"
#include "plan/setting.h"
#include "plan/workload.h"

/* A file beside the plan, else a shipped workload; never what lies where membench is called. */
static char *find_workload(const struct options *options, const char *file)
{
    const char *slash = strrchr(options->plan_path, '/');
    int length = slash ? (int)(slash - options->plan_path) : 0;
    char *beside =
        file[0] == '/' ? text_copy(file) : text_format("%.*s/%s", length, options->plan_path, file);
    if (access(beside, F_OK) == 0 || strchr(file, '/')) {
        return beside;
    }
    struct text_list shipped = {0};
    struct error ignored;
    workload_shipped(&shipped, &ignored);
    cleanup_free char *wanted = text_format("%s.py", file);
    for (size_t i = 0; i < shipped.count; i++) {
        if (strcmp(file_basename(shipped.items[i]), wanted) == 0) {
            free(beside);
            beside = text_copy(shipped.items[i]);
        }
    }
    text_list_clear(&shipped);
    return beside;
}

static int apply_parameters(struct planfile_reader *reader, const char *path, json_t *table,
                            struct workload_order *order)
{
    if (planfile_keys_check_table(reader, path, table, "write parameters = {threads = 8, ...}")) {
        return -1;
    }
    const char *key;
    json_t *value;
    json_object_foreach(table, key, value)
    {
        cleanup_free char *full = planfile_keys_join(path, key);
        cleanup_free char *text = planfile_keys_take_value(
            reader, full, value, PLANFILE_TEXT | PLANFILE_WHOLE | PLANFILE_NUMBER | PLANFILE_FLAG);
        if (!text) {
            return -1;
        }
        cleanup_free char *assignment = text_format("%s=%s", key, text);
        text_list_add(&order->parameters, assignment);
    }
    return 0;
}

static int check_order(struct planfile_reader *reader, const char *path,
                       const struct workload_order *order, const char *file)
{
    if (!file || file[0] == '\0') {
        return planfile_keys_fail(reader, path,
                                  "write file = \"app.py\", or the name of a shipped workload",
                                  "it has no file");
    }
    if (order->name && !setting_is_name(order->name)) {
        cleanup_free char *full = planfile_keys_join(path, "name");
        return planfile_keys_fail(reader, full, "1 to 64 letters, digits, '.', '_' and '-'",
                                  "'%.100s' cannot be the name of a workload", order->name);
    }
    return 0;
}

int planfile_workload_apply(struct planfile_reader *reader, const char *path, json_t *table)
{
    static const char *const known[] = {"file", "name", "parameters"};
    cleanup_free char *file = NULL;
    if (planfile_keys_check_table(reader, path, table, "write [[workload]] and its keys below") ||
        planfile_keys_check(reader, path, table, known, sizeof known / sizeof *known) ||
        planfile_keys_take(reader, path, table, "file", &file)) {
        return -1;
    }
    struct workload_order *order = options_add_order(reader->options);
    order->origin = text_format("'%s': %s", reader->options->plan_path, path);
    json_t *parameters = json_object_get(table, "parameters");
    cleanup_free char *full = planfile_keys_join(path, "parameters");
    if (planfile_keys_take(reader, path, table, "name", &order->name) ||
        check_order(reader, path, order, file) ||
        (parameters && apply_parameters(reader, full, parameters, order))) {
        return -1;
    }
    order->path = find_workload(reader->options, file);
    return 0;
}
