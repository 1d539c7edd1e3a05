/* What the page's script makes. find* run in the page and return what is wrong; what is done by hand
 * takes a mouse and keys. */
'use strict';

const assert = require('node:assert/strict');

/* Presses every heading three times: up, down, and as it was. */
const findUnsorted = () => {
    const wrong = [];
    const cellAt = (row, column) => {
        let end = 0;
        return Array.from(row.cells).find((cell) => (end += cell.colSpan) > column);
    };
    const isAbsent = (cell) => !cell || cell.classList.contains('absent') || cell.dataset.value === '';
    for (const table of document.querySelectorAll('table.figures')) {
        const name = table.caption.textContent;
        const rows = () => Array.from(table.tBodies[0].rows);
        const before = rows();
        table.querySelectorAll('thead th').forEach((heading, column) => {
            const button = heading.querySelector('button');
            if (!button) {
                wrong.push(`${name}: column ${column} has no button`);
                return;
            }
            for (const order of ['ascending', 'descending']) {
                button.click();
                const cells = rows().map((row) => cellAt(row, column));
                const first = cells.findIndex(isAbsent);
                const present = first < 0 ? cells : cells.slice(0, first);
                const values = present.filter((cell) => cell.dataset.value).map((cell) => Number(cell.dataset.value));
                const sign = order === 'ascending' ? 1 : -1;
                if (heading.getAttribute('aria-sort') !== order ||
                    table.querySelectorAll('[aria-sort]').length !== 1 ||
                    !cells.slice(present.length).every(isAbsent) ||
                    values.some((value, i) => i > 0 && sign * (value - values[i - 1]) < 0)) {
                    wrong.push(`${name}: column ${column} is not ${order}`);
                }
            }
            button.click();
            if (heading.hasAttribute('aria-sort') || rows().some((row, i) => row !== before[i])) {
                wrong.push(`${name}: column ${column} does not go back`);
            }
        });
    }
    return wrong;
};

/* Presses each button of each picture: what has that name goes and comes back. */
const findUnhidden = () => {
    const wrong = [];
    for (const figure of document.querySelectorAll('figure')) {
        const groups = Array.from(figure.querySelectorAll('svg g[data-name]'));
        const keys = new Set(groups.map((group) => group.getAttribute('class').replace(/^\S+ /, '')));
        const buttons = figure.querySelectorAll('button[aria-pressed]');
        if (buttons.length !== (keys.size > 1 ? keys.size : 0)) {
            wrong.push(`${buttons.length} buttons for ${keys.size} allocators`);
        }
        const isShown = (group) => group.getClientRects().length > 0 && getComputedStyle(group).display !== 'none';
        for (const button of buttons) {
            button.click();
            const hidden = groups.filter((group) => !isShown(group));
            const isRight = hidden.length > 0 && button.getAttribute('aria-pressed') === 'false' &&
                hidden.every((group) => group.dataset.name === button.textContent);
            button.click();
            if (!isRight || !groups.every(isShown) || button.getAttribute('aria-pressed') !== 'true') {
                wrong.push(`'${button.textContent}' does not hide what it says`);
            }
        }
    }
    return wrong;
};

/* Without the script. */
const findDead = () =>
    Array.from(document.querySelectorAll('button, input, select, [aria-sort], [role=tooltip], svg:not([role=img])'),
        (element) => element.outerHTML.slice(0, 200));

/* By the browser's own selectors: those of Playwright walk through all of a large page. */
const find = async (page, selector, index = 0) =>
    (await page.evaluateHandle(([wanted, at]) =>
        Array.from(document.querySelectorAll(wanted)).filter((element) => element.checkVisibility()).at(at),
    [selector, index])).asElement();

const sortByHand = async (page) => {
    const button = await find(page, 'table.figures thead button', 1);
    if (button) {
        const order = () => button.evaluate((element) => element.closest('th').getAttribute('aria-sort'));
        await button.click();
        assert.equal(await order(), 'ascending');
        await page.keyboard.press('Enter');
        assert.equal(await order(), 'descending');
        await page.keyboard.press('Space');
        assert.equal(await order(), null);
    }
};

const hideByHand = async (page) => {
    const button = await find(page, 'button[aria-pressed]');
    if (button) {
        const isHidden = () => button.evaluate((element) => element.closest('figure')
            .querySelector('svg g[data-name]').getClientRects().length === 0);
        await button.focus();
        await page.keyboard.press('Enter');
        assert.equal(await button.getAttribute('aria-pressed'), 'false');
        assert.equal(await isHidden(), true);
        await page.emulateMedia({ media: 'print' });
        assert.equal(await isHidden(), false);
        assert.equal(await button.isVisible(), false);
    }
};

/* In the page: the tooltip tells of that mark (null: of the one with the focus), and all of it is on
 * the screen. */
const readTip = (mark) => {
    const { dataset, ariaLabel } = mark || document.activeElement;
    const tip = document.querySelector('[role=tooltip]');
    const { left, top, right, bottom } = tip.getBoundingClientRect();
    const { clientWidth, clientHeight } = document.documentElement;
    return {
        isShown: tip.checkVisibility(),
        text: tip.textContent,
        wanted: `${ariaLabel}exactly ${dataset.value}`,
        isInside: left >= 0 && top >= 0 && right <= clientWidth && bottom <= clientHeight,
    };
};

const checkTip = async (page, mark = null) => {
    const { isShown, text, wanted, isInside } = await page.evaluate(readTip, mark);
    assert.ok(isShown, wanted);
    assert.equal(text, wanted);
    assert.ok(isInside, wanted);
};

/* In the page: pictures whose marks the keyboard does not come to, or only one by one. */
const findUnstopped = () =>
    Array.from(document.querySelectorAll('.chart')).filter((picture) => {
        const marks = picture.querySelectorAll('[role=img]');
        const stops = picture.querySelectorAll('[tabindex="0"]');
        return picture.querySelector('[data-value] > title') || stops.length !== Math.min(marks.length, 1);
    }).map((picture) => picture.outerHTML.slice(0, 100));

/* In the page: which mark of its picture has the focus, and of how many. */
const readPlace = () => {
    const marks = Array.from(document.activeElement.closest('.chart').querySelectorAll('[role=img]'));
    return [marks.indexOf(document.activeElement), marks.length - 1];
};

const checkNoTip = async (page) =>
    assert.equal(await page.evaluate(() => document.querySelector('[role=tooltip]').checkVisibility()), false);

/* In the pictures that come first, as there is one kind after the other. */
const pointByHand = async (page) => {
    const count = await page.evaluate(() => document.querySelectorAll('.chart [tabindex="0"]').length);
    assert.deepEqual(await page.evaluate(findUnstopped), []);
    for (let i = 0; i < Math.min(count, 6); i++) {
        await (await find(page, '.chart [tabindex="0"]', i)).focus();
        const steps = [['Home', () => 0], ['ArrowRight', (last) => Math.min(1, last)],
            ['End', (last) => last], ['ArrowLeft', (last) => Math.max(last - 1, 0)]];
        for (const [key, wanted] of steps) {
            await page.keyboard.press(key);
            const [at, last] = await page.evaluate(readPlace);
            assert.equal(at, wanted(last), key);
            await checkTip(page);
        }
        await page.keyboard.press('Escape');
        await checkNoTip(page);
    }
    const mark = await find(page, '.chart [role=img]', -1);
    if (mark) {
        await page.evaluate(() => document.activeElement.blur());
        await mark.hover({ force: true });
        await checkTip(page, mark);
        await page.keyboard.press('Escape');
        await checkNoTip(page);
    }
};

/* Returns what Tab does not come to in the order of the page; of many controls the first ones. */
const tabThrough = async (page) => {
    const most = 150;
    const count = await page.evaluate((limit) => {
        window.expected = Array.from(document.querySelectorAll('a[href], button, summary, [tabindex="0"]'))
            .filter((element) => element.checkVisibility() && element.getClientRects().length > 0)
            .slice(0, limit);
        window.reached = [];
        document.addEventListener('focusin', (event) => window.reached.push(event.target));
        return window.expected.length;
    }, most);
    for (let i = 0; i < count; i++) {
        await page.keyboard.press('Tab');
    }
    return page.evaluate(() => window.expected.filter((element, i) => window.reached[i] !== element)
        .map((element) => element.outerHTML.slice(0, 200)));
};

module.exports = { findDead, findUnsorted, findUnhidden, sortByHand, hideByHand, pointByHand, tabThrough };
