/* What a screen adds to the page: tables sort, marks tell their values, lines hide. The page is
 * whole without it, so every control is made here and none is dead where this does not run. Text
 * goes in as text, nothing is fetched and nothing is kept. */
(() => {
    'use strict';

    const make = (name, className, text) => {
        const element = document.createElement(name);
        element.className = className;
        element.textContent = text;
        return element;
    };

    /* ---- tables sort ---- */

    const cellAt = (row, column) => {
        let end = 0;
        return Array.from(row.cells).find((cell) => (end += cell.colSpan) > column);
    };

    /* The exact value, or the text where there is none; null where nothing was measured. */
    const keyOf = (cell) => {
        if (!cell || cell.classList.contains('absent') || cell.dataset.value === '') {
            return null;
        }
        return cell.dataset.value ? Number(cell.dataset.value) : cell.textContent.trim() || null;
    };

    /* Texts come behind numbers, as "> 12" does. */
    const compareKeys = (a, b) => {
        if (typeof a !== typeof b) {
            return typeof a === 'number' ? -1 : 1;
        }
        return typeof a === 'number' ? a - b : a.localeCompare(b, 'en', { numeric: true });
    };

    /* What is absent comes last in both directions, equals keep the order that they came in. */
    const sorted = (rows, column, sign) =>
        rows.map((row, index) => ({ row, index, key: keyOf(cellAt(row, column)) }))
            .sort((a, b) => {
                if (a.key === null || b.key === null) {
                    return (a.key === null) - (b.key === null) || a.index - b.index;
                }
                return sign * compareKeys(a.key, b.key) || a.index - b.index;
            })
            .map((entry) => entry.row);

    const makeSortable = (table) => {
        const body = table.tBodies[0];
        const rows = Array.from(body.rows);
        const headings = table.querySelectorAll('thead th[scope=col]');
        const press = (heading, column) => {
            const next = { null: 'ascending', ascending: 'descending', descending: null };
            const order = next[heading.getAttribute('aria-sort')];
            headings.forEach((each) => each.removeAttribute('aria-sort'));
            if (order) {
                heading.setAttribute('aria-sort', order);
            }
            const sign = order === 'descending' ? -1 : 1;
            body.append(...(order ? sorted(rows, column, sign) : rows));
        };
        headings.forEach((heading, column) => {
            const button = make('button', 'sort', '');
            button.type = 'button';
            button.append(...heading.childNodes);
            button.addEventListener('click', () => press(heading, column));
            heading.append(button);
        });
    };

    /* ---- marks tell their values ---- */

    const tip = make('div', 'tip', '');
    tip.id = 'tip';
    tip.setAttribute('role', 'tooltip');
    tip.hidden = true;
    let shown = null;

    const hide = () => {
        if (shown) {
            shown.removeAttribute('aria-describedby');
        }
        shown = null;
        tip.hidden = true;
    };

    /* Above the mark, or below it where there is no room, and never out of sight. */
    const place = (x) => {
        const mark = shown.getBoundingClientRect();
        const { clientWidth, clientHeight } = document.documentElement;
        tip.style.left = tip.style.top = '0';
        const left = (x === undefined ? mark.left + mark.width / 2 : x) - tip.offsetWidth / 2;
        const top = mark.top < tip.offsetHeight ? mark.bottom : mark.top - tip.offsetHeight;
        tip.style.left = `${Math.max(0, Math.min(left, clientWidth - tip.offsetWidth))}px`;
        tip.style.top = `${Math.max(0, Math.min(top, clientHeight - tip.offsetHeight))}px`;
    };

    const show = (mark, x) => {
        hide();
        shown = mark;
        tip.textContent = '';
        tip.append(make('span', '', mark.getAttribute('aria-label')),
            make('span', 'exact', `exactly ${mark.dataset.value}`));
        tip.hidden = false;
        mark.setAttribute('aria-describedby', tip.id);
        place(x);
    };

    const marksOf = (picture) => Array.from(picture.querySelectorAll('[role=img]'));

    /* Of a picture one mark is reached by Tab, the others from there by the arrows: there may be
     * hundreds. */
    const setStop = (picture, stop) => {
        marksOf(picture).forEach((mark) => mark.setAttribute('tabindex', mark === stop ? 0 : -1));
    };

    const isSeen = (mark) => !mark.closest('.hidden');

    const moveFocus = (picture, event) => {
        const marks = marksOf(picture).filter(isSeen);
        const at = marks.indexOf(event.target);
        const last = marks.length - 1;
        const to = {
            ArrowRight: Math.min(at + 1, last),
            ArrowDown: Math.min(at + 1, last),
            ArrowLeft: Math.max(at - 1, 0),
            ArrowUp: Math.max(at - 1, 0),
            Home: 0,
            End: last,
        }[event.key];
        if (at >= 0 && to !== undefined) {
            event.preventDefault();
            setStop(picture, marks[to]);
            marks[to].focus();
        }
    };

    /* A browser shows a <title> by itself, beside ours, and a picture whose marks are read one by
     * one is no single image. */
    const makeTelling = (picture) => {
        for (const title of picture.querySelectorAll('title')) {
            const mark = title.parentNode;
            if (mark.dataset.value) {
                mark.setAttribute('role', 'img');
                mark.setAttribute('aria-label', title.textContent);
                title.remove();
            } else if (mark === picture) {
                const text = document.createElementNS(picture.namespaceURI, 'desc');
                text.id = title.id;
                text.textContent = title.textContent;
                title.replaceWith(text);
            }
        }
        const first = marksOf(picture)[0];
        if (first) {
            picture.setAttribute('role', 'group');
            setStop(picture, first);
            picture.addEventListener('keydown', (event) => moveFocus(picture, event));
        }
    };

    const markAt = (target) => (target instanceof Element ? target.closest('.chart [role=img]') : null);

    const listen = () => {
        document.addEventListener('pointerover', (event) => {
            const mark = markAt(event.target);
            if (mark && mark !== shown) {
                show(mark, event.clientX);
            }
        });
        document.addEventListener('pointerout', (event) => {
            const to = event.relatedTarget;
            if (shown && shown !== document.activeElement && to !== shown && !tip.contains(to)) {
                hide();
            }
        });
        document.addEventListener('focusin', (event) => {
            const mark = markAt(event.target);
            if (mark) {
                show(mark);
            } else {
                hide();
            }
        });
        document.addEventListener('focusout', hide);
        document.addEventListener('keydown', (event) => {
            if (event.key === 'Escape') {
                hide();
            }
        });
        document.addEventListener('scroll', () => shown && place(), { capture: true, passive: true });
    };

    /* ---- lines hide ---- */

    /* An allocator's groups have its name, and the same class but for what they show. */
    const seriesOf = (figure) => {
        const series = new Map();
        for (const group of figure.querySelectorAll('.chart g[data-name]')) {
            const key = group.getAttribute('class').replace(/^\S+ /, '');
            series.set(key, (series.get(key) || []).concat(group));
        }
        return Array.from(series.values());
    };

    const makeHiding = (caption) => {
        const figure = caption.parentNode;
        const series = seriesOf(figure);
        if (series.length < 2) {
            return;
        }
        const controls = make('div', 'controls', '');
        controls.setAttribute('role', 'group');
        controls.setAttribute('aria-label', 'shown in this picture');
        for (const groups of series) {
            const button = make('button', 'toggle', groups[0].dataset.name);
            button.type = 'button';
            button.setAttribute('aria-pressed', 'true');
            button.addEventListener('click', () => {
                const isHidden = button.getAttribute('aria-pressed') === 'true';
                button.setAttribute('aria-pressed', String(!isHidden));
                groups.forEach((group) => group.classList.toggle('hidden', isHidden));
                figure.querySelectorAll('.chart').forEach((picture) => {
                    setStop(picture, marksOf(picture).find(isSeen));
                });
            });
            controls.append(button);
        }
        caption.after(controls);
    };

    document.querySelectorAll('table.figures').forEach(makeSortable);
    document.querySelectorAll('.chart').forEach(makeTelling);
    document.querySelectorAll('figcaption').forEach(makeHiding);
    document.body.append(tip);
    listen();
})();
