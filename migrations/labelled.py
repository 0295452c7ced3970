"""What the triggers of labels ask, as SQL: the labels of versions by today's rules, and the documents that entries hold."""

from migrations.labels import ANY_OTHER, CONFIDENTIALITY, LABELS

# Every Coding of a resource, wherever it stands.
CODINGS = ("strict $.**.coding[*]", "strict $.**.valueCoding")
# Those by which its sender labels it, or a part of it.
SAID = ("$.meta.security[*]", "$.contained[*].meta.security[*]", "$.securityLabel[*].coding[*]")
# An allergy that nobody sees may kill, and tells of no illness.
NEVER_LABELLED = "AllergyIntolerance"
# What of the directory is called by its code: whoever reads an entry that refers to it reads the code.
CALLED_BY_CODE = ("Medication", "MedicationKnowledge", "Substance")
OURS = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"
BEGINNINGS = '@ starts with "Medication" || @ starts with "Substance"'
# As the index `ix_entry_version_medicines` has it, letter by letter.
MEDICINES = f"strict $.**.reference ? ({BEGINNINGS})"
OUR_MEDICINES = f'{MEDICINES} ? (@ like_regex "^({"|".join(CALLED_BY_CODE)})/{OURS}")'
# As emr/documents/rules.py reads the address of bytes.
DOCUMENTS = f'strict $.**.url ? (@ starts with "Binary/") ? (@ like_regex "^Binary/{OURS}")'


def names_medicines(content: str) -> str:
    """The condition of the index."""
    return f"jsonb_path_exists({content}, '{MEDICINES}')"


def medicines_of(content: str) -> str:
    """What is indexed: an array of references."""
    return f"jsonb_path_query_array({content}, '{MEDICINES}')"


def labels_in(rows: str, *, followed: bool = True) -> str:
    """A select of the labels that today's rules find in each of these versions (entry_id, number, content).

    What a code means is looked up once for all that bear it.

    Args:
        followed: also in the medicines of the directory that they refer to, in every state of these.
    """
    codings = _codings(f"{rows} AS n", "n.content")
    if followed:
        referred = (
            f"{rows} AS n CROSS JOIN LATERAL jsonb_path_query(n.content, '{OUR_MEDICINES}') AS r (written) "
            "JOIN emr.directory_resource AS d ON d.resource_id = split_part(r.written #>> '{}', '/', 2)::uuid "
            "AND d.resource_type = split_part(r.written #>> '{}', '/', 1)"
        )
        codings += " UNION ALL " + _codings(referred, "d.content")
    return f"""
        WITH coding AS MATERIALIZED (
            {codings}
        ), told AS MATERIALIZED (
            SELECT DISTINCT system, code, said FROM coding
        ), rule AS MATERIALIZED (
            SELECT * FROM emr.label_rule WHERE current_date BETWEEN valid_from AND valid_to
        ), known AS MATERIALIZED (
            SELECT told.system, told.code, told.said, rule.label FROM told
            JOIN rule ON rule.system = told.system #>> '{{}}' AND rule.code_from <> '{ANY_OTHER}'
                AND left(told.code #>> '{{}}', coalesce(rule.compared, 1000)) COLLATE "C"
                    BETWEEN rule.code_from AND rule.code_to
        ), means AS MATERIALIZED (
            SELECT * FROM known
            UNION ALL SELECT told.system, told.code, told.said, rule.label FROM told
            JOIN rule ON rule.system = told.system #>> '{{}}' AND rule.code_from = '{ANY_OTHER}'
            WHERE told.said AND NOT EXISTS (
                SELECT FROM known WHERE known.system = told.system AND known.code = told.code)
        )
        SELECT coding.entry_id, coding.number, array_agg(DISTINCT means.label ORDER BY means.label) AS labels
        FROM coding JOIN means
            ON means.system = coding.system AND means.code = coding.code AND means.said = coding.said
        GROUP BY coding.entry_id, coding.number
    """


def _codings(rows: str, content: str) -> str:
    """What stands in each (system, code), and whether its sender labels with it (said).

    Of a document it is one code without a system (FHIR R4, Composition.confidentiality).
    """
    paths = [(each, "false") for each in CODINGS] + [(each, "true") for each in SAID]
    found = " UNION ALL ".join(
        f"SELECT jsonb_path_query({content}, '{path}'), {said}" for path, said in paths
    )
    confidential = (
        f"jsonb_build_object('system', '{CONFIDENTIALITY}', 'code', {content} -> 'confidentiality')"
    )
    return f"""
            SELECT n.entry_id, n.number, c.found -> 'system' AS system, coalesce(c.found -> 'code', '""') AS code, c.said
            FROM {rows} CROSS JOIN LATERAL (
                {found} UNION ALL SELECT {confidential}, true WHERE {content} ->> 'resourceType' = 'Composition'
            ) AS c (found, said)
            WHERE n.content ->> 'resourceType' <> '{NEVER_LABELLED}'
    """


def documents_held(entries: str) -> str:
    """A select of the Binary of the same record (document) that each of these entries names in what was signed."""
    return f"""
        SELECT v.entry_id, d.entry_id AS document
        FROM {entries} AS holder (id) JOIN emr.entry_version AS v ON v.entry_id = holder.id
        JOIN emr.signature AS s ON s.entry_id = v.entry_id AND s.number = v.number
        CROSS JOIN LATERAL jsonb_path_query(v.content, '{DOCUMENTS}') AS u (written)
        JOIN emr.entry_version AS d ON d.entry_id = split_part(u.written #>> '{{}}', '/', 2)::uuid
            AND d.patient_id = v.patient_id AND d.content ->> 'resourceType' = 'Binary'
    """


def labels_of_referring() -> str:
    """Entries that refer to a medicine are labelled by what is told of it later, as those that come after it are."""
    called_by_code = ", ".join(f"'{each}'" for each in CALLED_BY_CODE)
    medicines = f"(SELECT id AS entry_id, 1 AS number, content FROM new_rows WHERE resource_type IN ({called_by_code}))"
    return f"""
        DECLARE
            touched uuid[];
        BEGIN
            WITH told AS MATERIALIZED (
                SELECT n.resource_type || '/' || n.resource_id AS reference, found.labels
                FROM ({labels_in(medicines, followed=False)}) AS found JOIN new_rows AS n ON n.id = found.entry_id
            ), due AS MATERIALIZED (
                SELECT v.entry_id, v.number, array_agg(DISTINCT label) AS labels
                FROM told JOIN emr.entry_version AS v ON {names_medicines("v.content")}
                    AND {medicines_of("v.content")} @> jsonb_build_array(told.reference),
                    unnest(told.labels) AS label
                WHERE v.content ->> 'resourceType' <> '{NEVER_LABELLED}' GROUP BY v.entry_id, v.number
            ), moved AS (
                UPDATE emr.entry_version AS v SET restrictions = emr.together(v.restrictions, due.labels) FROM due
                WHERE v.entry_id = due.entry_id AND v.number = due.number
                  AND NOT coalesce(v.restrictions, '{{}}') @> due.labels RETURNING v.entry_id
            ) SELECT array_agg(DISTINCT entry_id) INTO touched FROM moved;
            IF touched IS NOT NULL THEN
                PERFORM emr.restrict_as_signed(touched);
            END IF;
        END;
    """


# What the signed versions of entries demand goes to the entries, and from these to the bytes that they hold.
RESTRICT_AS_SIGNED = """
CREATE FUNCTION emr.restrict_as_signed(entries uuid[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    UPDATE emr.entry AS e SET restrictions = emr.together(e.restrictions, signed.labels)
    FROM (
        SELECT v.entry_id, array_agg(DISTINCT label) AS labels
        FROM emr.entry_version AS v JOIN emr.signature AS s ON s.entry_id = v.entry_id AND s.number = v.number,
             unnest(v.restrictions) AS label
        WHERE v.entry_id = ANY(entries) AND v.restrictions IS NOT NULL GROUP BY v.entry_id
    ) AS signed WHERE e.id = signed.entry_id AND NOT coalesce(e.restrictions, '{}') @> signed.labels;
    PERFORM emr.restrict(entries);
    PERFORM emr.restrict_held(entries);
END $$
"""
RESTRICT_HELD = f"""
CREATE FUNCTION emr.restrict_held(entries uuid[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    touched uuid[];
BEGIN
    WITH held AS MATERIALIZED (
        SELECT document, array_agg(DISTINCT word) AS words
        FROM ({documents_held("unnest(entries)")}) AS each
        JOIN emr.entry AS holder ON holder.id = each.entry_id, unnest(holder.restrictions) AS word
        GROUP BY document
    ), moved AS (
        UPDATE emr.entry AS e SET restrictions = emr.together(e.restrictions, held.words) FROM held
        WHERE e.id = held.document AND NOT coalesce(e.restrictions, '{{}}') @> held.words RETURNING e.id
    ) SELECT array_agg(id) INTO touched FROM moved;
    IF touched IS NOT NULL THEN
        PERFORM emr.restrict(touched);
    END IF;
END $$
"""
# Every entry gets what today's rules demand; words of `restrictions` that are no labels stay.
OUR_LABELS = ", ".join(f"'{each}'" for each in LABELS)
RELABEL = f"""
CREATE OR REPLACE FUNCTION emr.relabel() RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    changed uuid[];
BEGIN
    WITH found AS MATERIALIZED ({labels_in("emr.entry_version")}), own AS MATERIALIZED (
        SELECT DISTINCT f.entry_id, label
        FROM found AS f JOIN emr.signature AS s ON s.entry_id = f.entry_id AND s.number = f.number,
             unnest(f.labels) AS label
    ), held AS MATERIALIZED (
        {documents_held("(SELECT DISTINCT entry_id FROM own)")}
    ), wanted AS (
        SELECT entry_id, array_agg(label) AS labels FROM (
            SELECT entry_id, label FROM own
            UNION SELECT held.document, own.label FROM held JOIN own ON own.entry_id = held.entry_id
        ) AS together GROUP BY entry_id
    ), due AS (
        SELECT e.id, emr.together(
            array(SELECT kept FROM unnest(e.restrictions) AS kept WHERE kept NOT IN ({OUR_LABELS})), wanted.labels
        ) AS restrictions
        FROM emr.entry AS e LEFT JOIN wanted ON wanted.entry_id = e.id
        WHERE e.restrictions IS NOT NULL OR wanted.entry_id IS NOT NULL
    ), moved AS (
        UPDATE emr.entry AS e SET restrictions = due.restrictions FROM due
        WHERE e.id = due.id AND e.restrictions IS DISTINCT FROM due.restrictions RETURNING e.id
    ) SELECT coalesce(array_agg(id), '{{}}') INTO changed FROM moved;
    PERFORM emr.restrict(changed);
    RETURN cardinality(changed);
END $$
"""
