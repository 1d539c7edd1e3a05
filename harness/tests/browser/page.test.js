/* Reads the pages in DIR as their readers do: node page.test.js DIR */
'use strict';

const assert = require('node:assert/strict');
const { readFileSync, readdirSync, statSync } = require('node:fs');
const { join, resolve } = require('node:path');
const { after, before, describe, it } = require('node:test');
const browser = require('./browser.js');
const controls = require('./controls.js');
const csv = require('./csv.js');
const labels = require('./labels.js');
const policy = require('./policy.js');
const values = require('./values.js');
const verdict = require('./verdict.js');

const directory = resolve(process.argv[2]);
const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

/* Fails with the beginning of what is on the list. */
const nothing = (list) => assert.equal(list.length, 0, `${list.length}:\n${list.slice(0, 12).join('\n')}`);

const openDetails = () => {
    document.querySelectorAll('details').forEach((details) => {
        details.open = true;
    });
};

/* As the parser of XML sees it, which forgives nothing: how many elements it has. The script is
 * text to a browser and would not be to it. */
const countStrictly = (page, text) =>
    page.evaluate((source) => {
        const tree = new DOMParser().parseFromString(source, 'application/xml');
        const error = tree.querySelector('parsererror');
        return error ? error.textContent : tree.querySelectorAll('*').length;
    }, text.replace(/^<!DOCTYPE html>\n/, '').replace(/<script>[^]*<\/script>\n<\/body>/, '<script></script></body>'));

/* In both schemes: of dark only the colours, as the rest is the same. */
const seriousOf = async (page) => {
    await page.evaluate(axe);
    const run = (runOnly) => page.evaluate((rules) =>
        window.axe.run({ resultTypes: ['violations'], preload: false, ...(rules && { runOnly: rules }) }), runOnly);
    const light = await run();
    await page.emulateMedia({ colorScheme: 'dark' });
    const dark = await run(['color-contrast']);
    const violations = light.violations.concat(dark.violations);
    return violations.filter(({ impact }) => ['serious', 'critical'].includes(impact))
        .flatMap(({ id, help, nodes }) => nodes.slice(0, 3).map(({ html }) => `${id}: ${help}: ${html.slice(0, 200)}`));
};

const describePage = (name, start) => {
    const folder = join(directory, name);
    const file = join(folder, 'report.html');
    const workloads = new Set(csv.load(join(folder, 'summary.csv')).map((row) => row.workload)).size;
    const isLarge = workloads > 1;
    /* What a user does with a page is tried on three of them, or on all with MEMBENCH_TEST_FULL=1. */
    const isTried = process.env.MEMBENCH_TEST_FULL === '1' || ['typical', 'failures', 'markup'].includes(name);
    const trying = isTried ? it : it.skip;
    let chromium;
    let shared;

    before(async () => {
        chromium = await start();
        shared = await browser.open(chromium, file);
    });
    after(() => shared.close());

    /* A page of its own, for who changes it. */
    const reading = async (options, read) => {
        const opened = await browser.open(chromium, file, options);
        try {
            await read(opened.page);
        } finally {
            await opened.close();
        }
    };

    /* A picture of what a reader sees; of the largest page only one, of its beginning. */
    const keep = async (page, what) => {
        if (isLarge && what !== 'light') {
            return;
        }
        const [width, height] = await page.evaluate(() => [innerWidth, document.documentElement.scrollHeight]);
        const before = page.viewportSize();
        await page.setViewportSize({ width, height: Math.min(height, isLarge ? 4000 : 12000) });
        await page.screenshot({ path: join(directory, `${name}-${what}.png`) });
        await page.setViewportSize(before);
    };

    it('says nothing to the console and asks for nothing', () => {
        assert.deepEqual(shared.said, []);
        assert.deepEqual(shared.asked, []);
    });

    it('is small', () => {
        const { size } = statSync(file);
        assert.ok(size < 1000000, `${size} bytes`);
    });

    it('has every label within its picture and over no other', async () =>
        nothing(await shared.page.evaluate(labels.findMisplaced)));

    it('tells every value as the CSV files do', async () => {
        const numbers = values.numbersOf(folder);
        nothing((await shared.page.evaluate(values.collectValues))
            .filter(({ value }) => value !== '' && !values.isIn(numbers, Number(value)))
            .map(({ name: kind, value, where }) => `${kind} ${value} of ${where}`));
    });

    it('shows every figure as its exact value, rounded', async () =>
        nothing(await shared.page.evaluate(values.findUnfaithful)));

    it('begins with the verdict of the store', async () =>
        verdict.check(await shared.page.evaluate(verdict.collect), csv.load(join(folder, 'comparisons.csv')),
            csv.load(join(folder, 'summary.csv'))));

    it('refuses every script and style but its own', () =>
        reading({}, async (page) => policy.check(await page.evaluate(policy.attack))));

    trying('sorts its tables in both directions and back, by mouse and by keyboard', () =>
        reading({}, async (page) => {
            nothing(await page.evaluate(controls.findUnsorted));
            await controls.sortByHand(page);
        }));

    trying('hides an allocator in a picture, and nothing in print', () =>
        reading({}, async (page) => {
            nothing(await page.evaluate(controls.findUnhidden));
            await controls.hideByHand(page);
        }));

    trying('tells the value of a mark to the mouse and to the keyboard', () =>
        reading({ viewport: { width: 420, height: 500 } }, controls.pointByHand));

    trying('is reached by Tab wherever there is something to do', () =>
        reading({}, async (page) => nothing(await controls.tabThrough(page))));

    it('is no wider than a telephone', () =>
        reading({ viewport: { width: 360, height: 740 } }, async (page) => {
            await keep(page, '360');
            await page.evaluate(openDetails);
            assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 360);
        }));

    trying('hinders nobody, light or dark', () =>
        reading({}, async (page) => {
            await keep(page, 'light');
            await page.emulateMedia({ colorScheme: 'dark' });
            await keep(page, 'dark');
            await page.emulateMedia({ colorScheme: 'light' });
            /* The largest page is the wide one, twelve times: it would take a minute. */
            if (!isLarge) {
                await page.evaluate(openDetails);
                nothing(await seriousOf(page));
            }
        }));

    it('is read by a strict parser as by the browser, and has no control without its script', () =>
        reading({ javaScriptEnabled: false }, async (page) => {
            const text = new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(file));
            const count = await page.evaluate(() => document.querySelectorAll('*').length);
            assert.equal(await countStrictly(page, text), count);
            nothing(await page.evaluate(controls.findDead));
        }));

    trying('prints without its controls', () =>
        reading({ viewport: { width: 720, height: 1000 } }, async (page) => {
            await page.emulateMedia({ media: 'print' });
            assert.equal(await page.locator('.controls:visible, [role=tooltip]:visible').count(), 0);
            await keep(page, 'print');
            if (!isLarge) {
                await page.pdf({ path: join(directory, `${name}.pdf`) });
            }
        }));
};

describe('the page of the run', { concurrency: 2 }, () => {
    let chromium;
    const start = () => (chromium = chromium || browser.start());
    after(async () => (await chromium).close());
    for (const name of readdirSync(directory).sort()) {
        if (statSync(join(directory, name)).isDirectory()) {
            describe(name, () => describePage(name, start));
        }
    }
});
