#include "tests/support/fixture.h"

#include <string.h>

#include "base/text.h"

void fixture_init(struct fixture *fixture)
{
    records_init(&fixture->records);
    fixture->records.options.layout = LAYOUT_RANDOM;
    fixture->info = (struct run_info){.id = text_copy("20261123-051230-ab12"),
                                      .started = text_copy("2026-11-23T05:12:30Z"),
                                      .finished = text_copy("2026-11-23T05:13:30Z"),
                                      .version = text_copy("0.1.0"),
                                      .directory = text_copy("/home/me"),
                                      .out = text_copy("/home/me/results/x"),
                                      .seed = 4242};
    text_list_split(&fixture->info.command, "run -n 5 bursts.py", ' ');
    host_add(&fixture->info.host, "kernel", "6.1.0-18-amd64");
    host_add(&fixture->info.host, "processor", "Some CPU");
    host_add(&fixture->info.host, "page size", "4096 bytes");
}

void fixture_clear(struct fixture *fixture)
{
    records_clear(&fixture->records);
    run_info_clear(&fixture->info);
}

void fixture_set_identity(struct record *record)
{
    record->identity = (struct wire_hello){.proved = 1};
    text_place(record->identity.library, sizeof record->identity.library, "/lib/malloc.so");
    text_place(record->identity.build_id, sizeof record->identity.build_id, "93ac61ec");
    text_place(record->identity.version, sizeof record->identity.version, "2.36");
    text_place(record->identity.settings, sizeof record->identity.settings, "arenas=8");
    text_place(record->identity.python, sizeof record->identity.python, "3.11.2");
}

void fixture_set_texts(struct fixture *fixture, const char *text)
{
    struct records *records = &fixture->records;
    char **const texts[] = {
        &fixture->info.id,          &fixture->info.started,     &fixture->info.finished,
        &fixture->info.version,     &fixture->info.directory,   &fixture->info.out,
        &records->workload.path,    &records->workload.name,    &records->workload.summary,
        &records->settings[0].name, &records->settings[1].name,
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        records_set(texts[i], text);
    }
    text_list_add(&fixture->info.command, text);
    host_add(&fixture->info.host, text, text);
    records_set(&fixture->info.host.values.items[1], text);
    text_list_add(&records->settings[0].environment, text);
    for (size_t i = 0; i < records->count; i++) {
        struct record *record = &records->items[i];
        char **const parts[] = {&record->summary, &record->hint, &record->traceback,
                                &record->stacks, &record->output};
        for (size_t j = 0; j < sizeof parts / sizeof *parts; j++) {
            records_set(parts[j], text);
        }
        record->output_length = strlen(record->output);
        text_list_add(&record->warnings, text);
        text_place(record->identity.library, sizeof record->identity.library, text);
        text_place(record->identity.build_id, sizeof record->identity.build_id, text);
        text_place(record->identity.version, sizeof record->identity.version, text);
        text_place(record->identity.settings, sizeof record->identity.settings, text);
        text_place(record->identity.python, sizeof record->identity.python, text);
    }
}
