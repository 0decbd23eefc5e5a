//<![CDATA[
/* SPDX-License-Identifier: Apache-2.0 */
/* The page is complete without this: it sorts tables by a column and filters their rows. */
(function () {
	'use strict';

	function make(tag, properties, parent) {
		var element = Object.assign(document.createElement(tag), properties);

		if (parent) {
			parent.append(element);
		}
		return element;
	}

	function all(selector, root) {
		return Array.from((root || document).querySelectorAll(selector));
	}

	/* Numbers by what the cell says in data-v; anything else as text. Nothing goes last. */
	function keyOf(row, index) {
		var cell = row.cells[index];

		if (cell.dataset.v !== undefined) {
			return Number(cell.dataset.v);
		}
		if (cell.classList.contains('n')) {
			return cell.textContent === '' ? NaN : parseFloat(cell.textContent);
		}
		return cell.textContent.trim();
	}

	function isNothing(key) {
		return key === '' || Number.isNaN(key);
	}

	function compare(a, b, sign) {
		if (isNothing(a) || isNothing(b)) {
			return Number(isNothing(a)) - Number(isNothing(b));
		}
		if (typeof a === 'number' && typeof b === 'number') {
			return sign * (a - b);
		}
		return sign * String(a).localeCompare(String(b), 'en', { numeric: true });
	}

	/* A third click brings back the order of the report. */
	var next = { none: 'descending', descending: 'ascending', ascending: 'none' };

	function sort(table, head, index) {
		var body = table.tBodies[0];
		var order = next[head.getAttribute('aria-sort') || 'none'];
		var sign = order === 'descending' ? -1 : 1;

		all('th[aria-sort]', table).forEach(function (other) {
			other.removeAttribute('aria-sort');
		});
		if (order !== 'none') {
			head.setAttribute('aria-sort', order);
		}
		body.append.apply(body, all('tr', body).sort(function (a, b) {
			if (order === 'none') {
				return a.nbPlace - b.nbPlace;
			}
			return compare(keyOf(a, index), keyOf(b, index), sign) || a.nbPlace - b.nbPlace;
		}));
	}

	function makeSortable(table) {
		var heads = table.tHead.rows[table.tHead.rows.length - 1].cells;

		Array.from(table.tBodies[0].rows).forEach(function (row, place) {
			row.nbPlace = place;
		});
		Array.from(heads).forEach(function (head, index) {
			var button = make('button', { type: 'button' });

			/* Only the name is the button; what stands below it only explains. */
			button.append(head.firstChild);
			head.prepend(button);
			button.addEventListener('click', function () {
				sort(table, head, index);
			});
		});
	}

	var kinds = [
		['all series', null],
		['changed', '.regressed, .improved'],
		['regressed', '.regressed'],
		['improved', '.improved'],
		['inconclusive', '.inconclusive'],
		['unverified or emulated', '.unverified, .emulated'],
		['disturbed', '.disturbed']
	];

	function matches(row, words, selector) {
		var name = row.cells[0].textContent.toLowerCase();

		return words.every(function (word) {
			return name.includes(word);
		}) && (!selector || row.querySelector(selector) !== null);
	}

	function filter(tables, search, choice, status) {
		var words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
		var shown = 0, total = 0;

		tables.forEach(function (table) {
			var here = 0;

			Array.from(table.tBodies[0].rows).forEach(function (row) {
				row.hidden = !matches(row, words, kinds[choice.value][1]);
				here += row.hidden ? 0 : 1;
				total += 1;
			});
			table.parentElement.hidden = here === 0;
			shown += here;
		});
		status.textContent = shown === total ? total + ' rows' :
			shown + ' of ' + total + ' rows';
	}

	function makeFilter(tables, place) {
		var form = make('form', { className: 'filter' }, place);
		var search = make('input', { type: 'search', autocomplete: 'off', spellcheck: false },
			make('label', { textContent: 'Find series' }, form));
		var choice = make('select', {}, make('label', { textContent: 'Show' }, form));
		var status = make('p', {}, form);

		form.setAttribute('role', 'search');
		form.setAttribute('aria-label', 'Filter of the tables below');
		status.setAttribute('role', 'status');
		kinds.forEach(function (kind, index) {
			var exists = !kind[1] || tables.some(function (table) {
				return table.tBodies[0].querySelector(kind[1]) !== null;
			});

			if (exists) {
				make('option', { value: index, textContent: kind[0] }, choice);
			}
		});
		form.addEventListener('input', function () {
			filter(tables, search, choice, status);
		});
		form.addEventListener('submit', function (event) {
			event.preventDefault();
		});
		filter(tables, search, choice, status);
	}

	/* What does not scroll need not be stopped at. */
	function setStops() {
		all('.scroll').forEach(function (region) {
			if (region.scrollWidth - region.clientWidth > 1) {
				region.tabIndex = 0;
			} else {
				region.removeAttribute('tabindex');
			}
		});
	}

	function openAll(open) {
		all('details').forEach(function (details) {
			if (open && !details.open) {
				details.open = true;
				details.dataset.printed = '1';
			} else if (!open && details.dataset.printed) {
				details.open = false;
				delete details.dataset.printed;
			}
		});
	}

	var tables = all('table.series');

	all('table.sorts').forEach(makeSortable);
	if (tables.length > 0) {
		makeFilter(tables, document.getElementById('controls'));
	}
	setStops();
	window.addEventListener('resize', setStops);
	window.addEventListener('beforeprint', openAll.bind(null, true));
	window.addEventListener('afterprint', openAll.bind(null, false));
}());
//]]>
