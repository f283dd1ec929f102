using System.Text.Json.Nodes;

namespace DevNet.Registry.Graphql;

/// <summary>One selected field, with its variables already put in.</summary>
/// <param name="Name">The schema's name.</param>
/// <param name="Alias">The name in the answer.</param>
/// <param name="Arguments">Values by name; one that was left out is absent.</param>
/// <param name="Selections">What is wanted of an object; empty for a plain value.</param>
sealed record GraphqlField(string Name, string Alias, JsonObject Arguments, IReadOnlyList<GraphqlField> Selections);
