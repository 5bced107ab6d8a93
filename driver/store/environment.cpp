#include "driver/store/environment.h"

#include "stac/error.h"

#include <cctype>
#include <cstdlib>

namespace tiledir::store
{

namespace
{

bool is_name(const std::string &text)
{
    if (text.empty() || std::isdigit(static_cast<unsigned char>(text.front())) != 0)
    {
        return false;
    }
    for (const char letter : text)
    {
        if (std::isalnum(static_cast<unsigned char>(letter)) == 0 && letter != '_')
        {
            return false;
        }
    }
    return true;
}

} // namespace

std::string with_environment(const std::string &text, Variables *used)
{
    std::string result;
    std::size_t at = 0;
    for (std::size_t dollar = text.find("${"); dollar != std::string::npos; dollar = text.find("${", at))
    {
        const std::size_t end = text.find('}', dollar);
        const std::string name = end == std::string::npos ? "" : text.substr(dollar + 2, end - dollar - 2);
        if (!is_name(name))
        {
            result += text.substr(at, dollar + 2 - at);
            at = dollar + 2;
            continue;
        }
        const char *value = std::getenv(name.c_str());
        if (value == nullptr)
        {
            throw InputError("'" + text + "': the environment has no variable " + name);
        }
        if (used != nullptr)
        {
            (*used)[name] = value;
        }
        result += text.substr(at, dollar - at) + value;
        at = end + 1;
    }
    return result + text.substr(at);
}

} // namespace tiledir::store
