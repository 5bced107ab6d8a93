#include "tools/engine/recipe/recipe_process.h"

#include "stac/error.h"
#include "tools/engine/processes/steps.h"

#include <fmt/format.h>

#include <utility>
#include <vector>

namespace tiledir::engine
{
namespace
{

const Schema &step_schema()
{
    static const Schema kSchema({
        Key("name", KeyType::Text, "of a process").must_be_given(),
        Key("parameters", KeyType::Any, "of the process"),
        Key("input", KeyType::Values,
            "for its inputs: of the recipe's one, or previous; previous where a step after the first needs one input"),
    });
    return kSchema;
}

class Reading
{
public:
    Reading(const std::string &source, const ProcessRegistry &processes, const ReadText &read)
        : m_source(source)
        , m_processes(processes)
        , m_read(read)
    {
    }

    NamedProcess named(const std::string &name, const YAML::Node &parameters, const std::string &where) const
    {
        NamedProcess process;
        process.kind = labelled(m_source, [&] { return m_processes.find(name); });
        const bool is_given = parameters.IsDefined() && !parameters.IsNull();
        process.parameters =
            process.kind->parameters.resolve(is_given ? parameters : YAML::Node(YAML::NodeType::Map), m_source, where);
        if (process.kind->complete)
        {
            labelled(m_source, [&] { process.kind->complete(process.parameters, m_read); });
        }
        if (process.kind->reads)
        {
            ProcessKind known = *process.kind;
            labelled(m_source, [&] { known.inputs = known.reads(process.parameters); });
            process.kind = std::make_shared<const ProcessKind>(std::move(known));
        }
        return process;
    }

    Step step(const YAML::Node &node, std::size_t index, Json &resolved) const
    {
        const std::string where = fmt::format("process[{}]", index);
        resolved = step_schema().resolve(node, m_source, where);
        const YAML::Node parameters = node.IsMap() ? node["parameters"] : YAML::Node();
        NamedProcess process = named(resolved["name"], parameters, where + ".parameters");
        resolved["parameters"] = process.parameters;
        Step step{std::move(process.kind), std::move(process.parameters), {}};
        if (!resolved["input"].is_null())
        {
            step.inputs = resolved["input"].get<std::map<std::string, std::string>>();
        }
        return step;
    }

private:
    const std::string &m_source;
    const ProcessRegistry &m_processes;
    const ReadText &m_read;
};

} // namespace

NamedProcess read_process(const YAML::Node &document, const std::string &source, const ProcessRegistry &processes,
                          const ReadText &read, Json &resolved)
{
    const Reading reading(source, processes, read);
    const YAML::Node node = document["process"];
    const YAML::Node parameters = document["parameters"];
    if (node.IsScalar())
    {
        NamedProcess process = reading.named(node.Scalar(), parameters, "parameters");
        resolved["parameters"] = process.parameters;
        return process;
    }
    const int line = node.Mark().line + 1;
    if (!node.IsSequence() || node.size() == 0)
    {
        throw InputError(fmt::format("{}, line {}: process: is not a name or a list of steps", source, line));
    }
    if (parameters.IsDefined() && !parameters.IsNull())
    {
        throw InputError(fmt::format("{}, line {}: parameters: of a process of steps each step has its own", source,
                                     parameters.Mark().line + 1));
    }
    std::vector<Step> steps;
    Json written = Json::array();
    for (std::size_t index = 0; index < node.size(); ++index)
    {
        steps.push_back(reading.step(node[index], index, written.emplace_back()));
    }
    resolved["process"] = std::move(written);
    return {labelled(source, [&] { return kind_of_steps(steps); }), nullptr};
}

} // namespace tiledir::engine
