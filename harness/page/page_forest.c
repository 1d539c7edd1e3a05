#include "page/page_forest.h"

#include <stdlib.h>

#include "page/page_region.h"
#include "page/page_verdicts.h"
#include "report/ratios.h"

static void print_figure(FILE *out, const struct forest *forest,
                         const struct summary_workload *workload, const struct summary_group *group)
{
    fputs("<figure>\n<figcaption>Ratios and how sure they are", out);
    page_region_put_group(out, workload, group);
    fputs(" <small>Left of 1 is less. A square is the estimate, its line the interval, a diamond "
          "what did not vary at all; the band is what would be too little to matter. An arrow "
          "leads beyond the picture.</small></figcaption>\n",
          out);
    page_region_begin(out, "Ratios", workload, group);
    forest_print(forest, out);
    page_region_end(out);
    fputs("</figure>\n", out);
}

void page_forest_print(FILE *out, const struct verdicts *verdicts,
                       const struct summary_workload *workload, const struct summary_group *group,
                       const char *id, enum page_detail detail)
{
    const struct verdicts_group *compared = verdicts_find_group(
        verdicts, workload->name, workload->parameters, group->object_allocator);
    if (!compared) {
        return;
    }
    struct verdicts_group chosen = page_verdicts_choose(compared, detail);
    struct forest forest;
    ratios_of_group(&forest, &chosen);
    forest.frame.id = id;
    if (forest.count > 0) {
        print_figure(out, &forest, workload, group);
    }
    forest_clear(&forest);
    free(chosen.comparisons);
}
