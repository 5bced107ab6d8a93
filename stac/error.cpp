#include "stac/error.h"

#include <utility>

namespace tiledir
{

Error::Error(std::string what)
    : m_text(std::move(what))
    , m_line(m_text)
{
}

Error::Error(std::string path, const std::string &what)
    : m_path(std::move(path))
    , m_text(what)
    , m_line(m_path.empty() ? what : m_path + ": " + what)
{
}

void Error::at(const std::string &path)
{
    if (!m_path.empty())
    {
        return;
    }
    m_path = path;
    under(path);
}

void Error::under(const std::string &label)
{
    m_line = label + ": " + m_line;
}

void Error::set_kind(ErrorKind kind, int http_status)
{
    m_kind = kind;
    m_http_status = http_status;
}

void Error::respell(const std::function<std::string(const std::string &)> &spell)
{
    m_path = spell(m_path);
    m_text = spell(m_text);
    m_line = spell(m_line);
}

} // namespace tiledir
