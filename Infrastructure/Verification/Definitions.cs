namespace Bank.Infrastructure.Verification;

/// <summary>
/// The definitions of the schema: of every table, column, constraint, index, trigger and function. Those that
/// the migrations make are in <c>Definitions.txt</c>, which a test writes and compares.
/// </summary>
static class Definitions
{
    /// <summary>
    /// Every definition of the schema in a line, <c>name: definition</c>, as the session would write it that
    /// searches this schema alone. What depends on PostgreSQL's version is left out.
    /// </summary>
    public const string Sql =
        """
        WITH relation AS (
            SELECT pg_class.*, pg_class.oid AS id
            FROM pg_class
            WHERE relnamespace = to_regnamespace(quote_ident(current_schema()))
              AND relkind NOT IN ('i', 'I', 'S') AND relname <> 'VersionInfo'
        ),
        definition (name, text) AS (
            SELECT format('migration %s', "Version"), 'applied'
            FROM "VersionInfo"
            UNION ALL
            SELECT format('table %s', relname),
                   format('kind %s, persistence %s, row security %s, children %s', relkind, relpersistence,
                          relrowsecurity, (SELECT count(*) FROM pg_inherits WHERE inhparent = relation.id))
            FROM relation
            UNION ALL
            SELECT format('column %s.%s', relname, attname),
                   concat_ws(' ', format_type(atttypid, atttypmod), collname,
                             CASE WHEN attnotnull THEN 'NOT NULL' END,
                             'DEFAULT ' || pg_get_expr(adbin, adrelid, true),
                             nullif(attidentity, ''), nullif(attgenerated, ''))
            FROM relation
            JOIN pg_attribute ON attrelid = relation.id AND attnum > 0 AND NOT attisdropped
            LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
            LEFT JOIN pg_collation ON pg_collation.oid = attcollation AND collname <> 'default'
            UNION ALL
            -- A NOT NULL is a constraint of its own from PostgreSQL 18 on.
            SELECT format('constraint %s of %s', conname, relname),
                   concat(pg_get_constraintdef(pg_constraint.oid, true),
                          (
                              SELECT ', not enforced'
                              WHERE EXISTS (
                                  SELECT
                                  FROM pg_trigger
                                  WHERE tgconstraint = pg_constraint.oid AND tgenabled <> 'O')
                          ))
            FROM relation
            JOIN pg_constraint ON conrelid = relation.id
            WHERE contype NOT IN ('n', 't')
            UNION ALL
            SELECT format('index %s of %s', indexrelid::regclass, relname),
                   concat(pg_get_indexdef(indexrelid, 0, true),
                          CASE WHEN NOT (indisvalid AND indisready AND indislive) THEN ', invalid' END)
            FROM relation
            JOIN pg_index ON indrelid = relation.id
            UNION ALL
            SELECT format('trigger %s of %s', tgname, relname),
                   concat(pg_get_triggerdef(pg_trigger.oid, true),
                          CASE WHEN tgenabled <> 'O' THEN ', disabled' END)
            FROM relation
            JOIN pg_trigger ON tgrelid = relation.id
            WHERE NOT tgisinternal
            UNION ALL
            SELECT format('rule %s of %s', rulename, relname), pg_get_ruledef(pg_rewrite.oid, true)
            FROM relation
            JOIN pg_rewrite ON ev_class = relation.id
            UNION ALL
            SELECT format('policy %s of %s', polname, relname), polcmd::text
            FROM relation
            JOIN pg_policy ON polrelid = relation.id
            UNION ALL
            SELECT format('function %s', pg_proc.oid::regprocedure),
                   concat_ws(' ', 'RETURNS', prorettype::regtype, lanname, provolatile,
                             CASE WHEN prosecdef THEN 'SECURITY DEFINER' END, proconfig,
                             regexp_replace(
                                 coalesce(pg_get_function_sqlbody(pg_proc.oid), prosrc), '\s+', ' ', 'g'))
            FROM pg_proc
            JOIN pg_language ON pg_language.oid = prolang
            WHERE pronamespace = to_regnamespace(quote_ident(current_schema()))
        )

        """;

    /// <summary>The definitions that the migrations make; a test writes and compares the file.</summary>
    public static readonly string[] Lines = Read();

    static string[] Read()
    {
        using var file = typeof(Definitions).Assembly.GetManifestResourceStream(
            "Bank.Infrastructure.Verification.Definitions.txt")!;
        using var reader = new StreamReader(file);

        return reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
