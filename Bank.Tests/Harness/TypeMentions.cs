using System.Reflection;
using System.Reflection.Emit;

namespace Bank.Tests.Harness;

/// <summary>
/// The types and strings that a type refers to, in its signatures or in the code of its methods. Types that
/// the compiler makes for lambdas and async methods count as part of the enclosing type.
/// </summary>
sealed class TypeMentions
{
    const BindingFlags All = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance
        | BindingFlags.Static | BindingFlags.DeclaredOnly;

    static readonly Dictionary<short, OpCode> OpCodes = typeof(OpCodes).GetFields()
        .Select(field => (OpCode)field.GetValue(null)!).ToDictionary(code => code.Value);

    readonly HashSet<Type> types = [];
    readonly HashSet<string> texts = [];

    TypeMentions(Type type) => Read(type);

    /// <summary>
    /// Every type, with its type arguments: for a list of accounts, the list and the account.
    /// </summary>
    public IReadOnlySet<Type> Types => types;

    /// <summary>Every string in the code, the constants and the attributes.</summary>
    public IReadOnlySet<string> Texts => texts;

    public static TypeMentions Of(Type type) => new(type);

    void Read(Type type)
    {
        Add(type.BaseType);
        Add(type.GetInterfaces());
        Add(type.GetGenericArguments().Where(argument => argument.IsGenericParameter)
            .SelectMany(parameter => parameter.GetGenericParameterConstraints()));
        Read(type.GetCustomAttributesData());

        foreach (var member in type.GetMembers(All))
        {
            Read(member.GetCustomAttributesData());

            if (member is Type nested)
                Read(nested);
            else if (member is FieldInfo field)
                Read(field);
            else if (member is MethodBase method)
                Read(method);
        }
    }

    void Read(FieldInfo field)
    {
        Add(field.FieldType);

        if (field is { IsLiteral: true } && field.GetRawConstantValue() is string text)
            texts.Add(text);
    }

    /// <summary>Properties and events are read through their accessor methods.</summary>
    void Read(MethodBase method)
    {
        Add((method as MethodInfo)?.ReturnType);

        foreach (var parameter in method.GetParameters())
        {
            Add(parameter.ParameterType);
            Read(parameter.GetCustomAttributesData());
        }

        if (method.IsGenericMethodDefinition)
            Add(method.GetGenericArguments()
                .SelectMany(parameter => parameter.GetGenericParameterConstraints()));

        if (method.GetMethodBody() is { } body)
            Read(method, body);
    }

    void Read(MethodBase method, MethodBody body)
    {
        Add(body.LocalVariables.Select(local => local.LocalType));
        Add(body.ExceptionHandlingClauses
            .Where(clause => clause.Flags == ExceptionHandlingClauseOptions.Clause)
            .Select(clause => clause.CatchType));

        var code = body.GetILAsByteArray()!;

        for (var at = 0; at < code.Length;)
        {
            var operation = code[at] == 0xFE
                ? OpCodes[(short)(0xFE00 | code[at + 1])]
                : OpCodes[code[at]];
            at += operation.Size;

            if (operation.OperandType == OperandType.InlineString)
                texts.Add(method.Module.ResolveString(BitConverter.ToInt32(code, at)));
            else if (operation.OperandType is OperandType.InlineMethod or OperandType.InlineField
                     or OperandType.InlineType or OperandType.InlineTok)
                Add(Resolve(method, BitConverter.ToInt32(code, at)));

            at += Length(operation.OperandType, code, at);
        }
    }

    static MemberInfo Resolve(MethodBase method, int token) => method.Module.ResolveMember(
        token,
        method.DeclaringType!.GetGenericArguments(),
        method.IsGenericMethodDefinition ? method.GetGenericArguments() : null)!;

    /// <summary>The size of an operand in bytes (ECMA-335, partition III).</summary>
    static int Length(OperandType operand, byte[] code, int at) => operand switch
    {
        OperandType.InlineNone => 0,
        OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
        OperandType.InlineVar => 2,
        OperandType.InlineI8 or OperandType.InlineR => 8,
        OperandType.InlineSwitch => 4 + (4 * BitConverter.ToInt32(code, at)),
        _ => 4,
    };

    void Read(IEnumerable<CustomAttributeData> attributes)
    {
        foreach (var attribute in attributes)
        {
            Add(attribute.AttributeType);

            foreach (var argument in attribute.ConstructorArguments
                         .Concat(attribute.NamedArguments.Select(named => named.TypedValue)))
                Read(argument);
        }
    }

    void Read(CustomAttributeTypedArgument argument)
    {
        Add(argument.ArgumentType);

        if (argument.Value is Type type)
            Add(type);
        else if (argument.Value is string text)
            texts.Add(text);
        else if (argument.Value is IEnumerable<CustomAttributeTypedArgument> several)
            several.ToList().ForEach(Read);
    }

    void Add(MemberInfo member)
    {
        Add(member as Type ?? member.DeclaringType);

        if (member is FieldInfo field)
            Add(field.FieldType);
        else if (member is MethodBase { IsGenericMethod: true } method)
            Add(method.GetGenericArguments());
    }

    void Add(IEnumerable<Type?> several)
    {
        foreach (var type in several)
            Add(type);
    }

    void Add(Type? type)
    {
        if (type is null || type.IsGenericParameter)
            return;

        if (type.HasElementType)
        {
            Add(type.GetElementType());
            return;
        }

        types.Add(type.IsGenericType ? type.GetGenericTypeDefinition() : type);
        Add(type.GetGenericArguments());
    }
}
