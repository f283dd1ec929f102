using System.Text.Json;
using System.Text.Json.Nodes;
using DevNet.Registry.Graphql;

namespace DevNet.Registry;

/// <summary>A request, read: what it asks for, and with what.</summary>
/// <param name="Operation">Which of the service's operations it is.</param>
/// <param name="IsMutation">Whether it changes something.</param>
/// <param name="Fields">The root fields of a GraphQL document.</param>
/// <param name="Path">Entity, project and run of a post to a stream.</param>
/// <param name="Post">What is posted.</param>
/// <param name="Fault">Why it cannot be answered; null when it can.</param>
sealed record RegistryCall(
    DevRegistryOperation Operation, bool IsMutation, IReadOnlyList<GraphqlField> Fields, string[] Path, JsonObject Post, GraphqlException? Fault)
{
    public static RegistryCall Read(string method, string path, string body)
    {
        try
        {
            if (method != "POST")
                throw new GraphqlException(405, "only POST is taken");
            var json = JsonNode.Parse(body) as JsonObject ?? throw new GraphqlException(400, "the body is no JSON object");
            var parts = path.Trim('/').Split('/').Select(Uri.UnescapeDataString).ToArray();
            return parts switch
            {
                ["graphql"] => Graphql(json),
                ["files", var entity, var project, var run, "file_stream"] =>
                    new RegistryCall(DevRegistryOperation.FileStream, true, [], [entity, project, run], json, null),
                _ => throw new GraphqlException(404, $"there is nothing at {path}"),
            };
        }
        catch (GraphqlException fault)
        {
            return Refused(fault);
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException or ArgumentException)
        {
            return Refused(new GraphqlException(400, $"the body is not what is taken here: {fault.Message}"));
        }
    }

    static RegistryCall Graphql(JsonObject json)
    {
        var query = (string?)json["query"] ?? throw new GraphqlException(400, "the body has no query");
        var variables = json["variables"]?.DeepClone() as JsonObject ?? [];
        var (isMutation, fields) = GraphqlParser.Parse(query, variables);
        return new RegistryCall(OperationOf(fields), isMutation, fields, [], [], null);
    }

    static DevRegistryOperation OperationOf(IReadOnlyList<GraphqlField> fields) => fields switch
    {
        [{ Name: "viewer" }, ..] => DevRegistryOperation.Viewer,
        [{ Name: "upsertBucket" }, ..] => DevRegistryOperation.Upsert,
        [{ Name: "deleteRun" }, ..] => DevRegistryOperation.Delete,
        [{ Name: "project" or "model" } project, ..] when project.Selections.Any(s => s.Name is "runs" or "runCount") => DevRegistryOperation.Runs,
        [{ Name: "project" or "model" } project, ..] when project.Selections.Any(s => s.Name == "bucket") => DevRegistryOperation.ResumeStatus,
        [{ Name: "project" or "model" } project, ..] when project.Selections.Any(s => s.Name == "run") => DevRegistryOperation.Run,
        _ => DevRegistryOperation.Unknown,
    };

    static RegistryCall Refused(GraphqlException fault) => new(DevRegistryOperation.Unknown, false, [], [], [], fault);
}
