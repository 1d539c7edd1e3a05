#include "tests/support/reported.h"

#include <stdlib.h>

#include "base/text.h"
#include "tests/support/showcase.h"

void reported_init(struct reported *reported)
{
    static const char *const words[] = {"run", "-a", "glibc,tcmalloc,jemalloc", "bursts.py"};
    *reported = (struct reported){.info = {.id = text_copy("20261123-051230-3fa2"),
                                           .started = text_copy("2026-11-23T05:12:30Z"),
                                           .finished = text_copy("2026-11-23T05:13:30Z"),
                                           .version = text_copy("0.1.0"),
                                           .directory = text_copy("/home/user/app"),
                                           .out = text_copy("/home/user/app/results/r"),
                                           .again = text_copy(""),
                                           .plan_path = text_copy(""),
                                           .plan_json = text_copy(""),
                                           .seed = 7}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        text_list_add(&reported->info.command, words[i]);
    }
    host_add(&reported->info.host, "kernel", "6.1.0");
    host_add(&reported->info.host, "processor", "A Processor (R)");
    host_add(&reported->info.host, "processors", "4");
    host_add(&reported->info.host, "memory", "7936 MiB");
    host_add(&reported->info.host, "huge pages", "madvise");
    host_add(&reported->info.host, "glibc", "2.36");
    showcase_make(&reported->records);
    reported->count = reported->records.count;
    for (size_t i = 0; i < reported->count; i++) {
        struct wire_hello *identity = &reported->records.items[i].identity;
        text_place(identity->library, sizeof identity->library, "/lib/libm.so");
        text_place(identity->version, sizeof identity->version, "1.2");
        text_place(identity->python, sizeof identity->python, "3.11.2");
    }
}

static void swap(struct records *records, size_t one, size_t other)
{
    struct record record = records->items[one];
    records->items[one] = records->items[other];
    records->items[other] = record;
}

void reported_init_small(struct reported *reported)
{
    enum { RUNS = 2, SETTINGS = 2, SHOWN = 3 }; /* SHOWN: settings of the showcase */
    struct records *records = &reported->records;
    reported_init(reported);
    reported->count = 0;
    for (size_t i = 0; i < RUNS * SHOWN; i++) {
        if (i % SHOWN < SETTINGS) {
            swap(records, i, reported->count++); /* the rest stays to be freed */
            records->trials[i].number = records->trials[i].position = (unsigned)reported->count;
        }
    }
    records->plan.setting_count = SETTINGS;
    records->options.runs = RUNS;
}

void reported_make(struct reported *reported)
{
    struct records *records = &reported->records;
    report_make(&reported->report, &reported->info, &records->plan, records->items,
                reported->count);
}

char *reported_print(const struct reported *reported,
                     void (*print)(const struct report *report, FILE *out))
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    if (!out) {
        abort();
    }
    print(&reported->report, out);
    fclose(out);
    return text;
}

void reported_clear(struct reported *reported)
{
    report_clear(&reported->report);
    run_info_clear(&reported->info);
    showcase_clear(&reported->records);
}
