#include "tools/engine/schema/yaml_document.h"

#include "stac/error.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <vector>

namespace tiledir::engine
{
namespace
{

constexpr std::size_t kMostNodes = 4'000'000; ///< with what aliases stand for

/// Visits all that a document stands for.
class Walk
{
public:
    explicit Walk(const std::string &name)
        : m_name(name)
    {
    }

    void visit(const YAML::Node &node)
    {
        if (++m_nodes > kMostNodes)
        {
            throw InputError(fmt::format("{}: its aliases stand for more than {} values", m_name, kMostNodes));
        }
        if (!node.IsMap() && !node.IsSequence())
        {
            return;
        }
        if (std::any_of(m_around.begin(), m_around.end(), [&](const YAML::Node &outer) { return outer.is(node); }))
        {
            throw InputError(
                fmt::format("{}, line {}: an alias stands for what it is in", m_name, node.Mark().line + 1));
        }
        m_around.push_back(node);
        for (const auto &entry : node)
        {
            if (node.IsMap())
            {
                visit(entry.first);
                visit(entry.second);
            }
            else
            {
                visit(entry);
            }
        }
        m_around.pop_back();
    }

private:
    const std::string &m_name;
    std::vector<YAML::Node> m_around;
    std::size_t m_nodes = 0;
};

} // namespace

YAML::Node yaml_document(const std::string &text, const std::string &name)
{
    YAML::Node document;
    for (const YAML::Node &each : YAML::LoadAll(text))
    {
        if (each.IsNull())
        {
            continue;
        }
        if (!document.IsNull())
        {
            throw InputError(
                fmt::format("{}, line {}: a second document begins, should be one", name, each.Mark().line + 1));
        }
        document.reset(each);
    }
    Walk(name).visit(document);
    return document;
}

} // namespace tiledir::engine
