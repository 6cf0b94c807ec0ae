## 页面框架

brand = 众济
site-description = 由多家机构共同保存的公开账本：谁也改不了，人人可核验。
skip = 跳到正文
demonstration = 演示数据。页面上的医院、捐赠者和数字均为虚构。
nav-label = 主导航
nav-overview = 总览
nav-needs = 需求
nav-trace = 查询捐赠
nav-orgs = 机构
nav-records = 记录
nav-balance = 收支核对
nav-verify = 核验
nav-about = 关于
nav-blocks = 区块
nav-unresolved = 未对应的名称
nav-docs = 文档
search-label = 搜索编号、名称或查询码
search-go = 搜索
language-name = 中文
theme-label = 配色
theme-auto = 配色跟随设备
theme-light = 浅色
theme-dark = 深色
strip-block = 区块 { $height }
strip-signed = { $all ->
    [1] 由 1 家机构保存
   *[other] { $all } 家机构中有 { $signed } 家已签名
 }
strip-check = 如何核验本页
live-on = 实时
live-pause = 暂停更新
live-resume = 继续更新
live-paused = 已暂停更新。
live-new = 有新的记录。
live-gap = 新记录较多，请刷新页面查看。
live-reload = 数据有更新，点此刷新
motto = { $count ->
    [1] 由一家机构签名并保存，人人可核验。
   *[other] { $count } 家机构共同签名，共同保存，谁也改不了。
 }
as-of = 数据截至区块 { $height }，{ $time }（UTC+8）
pager-label = 列表翻页
pager-first = 回到开头
pager-next = 下一页
show-table = 以表格显示
column-day = 日期
column-item = 物资
column-covered = 满足情况
column-need = 需求
column-needy = 求助方
column-place = 地区
column-urgency = 紧急程度
column-stated = 提出时间
filter-all = 全部
filter-text = 关键词
filter-open = 仅看未满足的需求
filter-apply = 筛选
filter-clear = 清除筛选
filter-act = 记录类别

## 日期

month-long = { $month }月
month-short = { $month }月
date-day = { $year }年{ month-long }{ $day }日
date-full = { $year }年{ month-long }{ $day }日 { $time }
date-moment = { month-short }{ $day }日 { $time }
date-short = { month-short }{ $day }日

## 数量与金额

amount-at-least = 至少 { $low }
amount-at-most = 至多 { $high }
amount-between = { $low } 至 { $high }
amount-unknown = 数量不明
amount-of-unit = { $number } { $unit }
goods-pieces = { $item } { $number } { $unit }
goods-units = { $item } { $number } { $unit }
goods-unknown = { $item }若干（每箱数量不明）
goods-several = 多种物资
money-cny = { $number } 元
money-other = { $number } { $currency }
money-some = 一笔款项
money-none = 暂无
asked-per-day = 每天 { $amount }
asked-unbounded = 越多越好，未设上限
asked-unknown = 原文无法读出数量
party-unnamed = 未具名者

unit-piece = 件
unit-pair = 双
unit-set = 套
unit-kit = 盒
unit-litre = 升
unit-kilogram = 公斤
unit-metre = 米
unit-bottle = 瓶
unit-cylinder = 瓶
unit-box = 盒
unit-carton = 箱
unit-pack = 包
unit-tablet = 片

## 物资与需求的状态

state-received = 已收到
state-moving = 运送中
state-promised = 已承诺
state-nobody = 无人认领
coverage-words = 已收到 { $received }%，运送中 { $moving }%，已承诺 { $promised }%，无人认领 { $nobody }%
covered-of = { $percent }% · 已收 { $received }，共需 { $bound }
nobody-unmeasured = —
urgency-critical = 危急
urgency-high = 紧急
urgency-normal = 一般
need-one-sided = 他方代述
status-superseded = 已由后来的记录取代
status-withdrawn = 已由作者撤回
status-hidden = 已由主管机关依法隐藏
grade = { $grade } 级
grade-0 = 只有一方陈述，没有他人签名。
grade-1 = 交接双方均已签名。
grade-2 = 交接双方和独立承运人均已签名。
grade-3 = 双方已签名，并附有不可替换的照片或单据。
grade-4 = 双方已签名，并有封条或传感器签名。
grade-5 = 双方已签名，并经抽样审计。

## 发生了什么：每类记录一句话

act-unknown = { $actor }写入了一条记录（{ $act }）
act-principal-register = { $actor }完成登记
act-principal-rotate = { $actor }更换了密钥
act-principal-recover = { $actor }协助找回丢失的密钥
    .other = { $actor }协助{ $other }找回丢失的密钥
act-mandate-grant = { $actor }授权他人代为办理
    .other = { $actor }授权{ $other }代为办理
act-mandate-revoke = { $actor }终止了一项授权
    .other = { $actor }终止了对{ $other }的授权
act-role-attest = { $actor }证明了一项资格
    .other = { $actor }证明了{ $other }的资格
act-role-revoke = { $actor }撤销了一项资格证明
    .other = { $actor }撤销了对{ $other }的资格证明
act-record-post = { $actor }发表了一项陈述
act-record-respond = { $actor }回应了一项陈述
act-item-define = { $actor }登记了物资品种：{ $item }
act-pack-define = { $actor }登记了{ $item }的一种包装
act-pack-measure = { $actor }说明了{ $item }每包装的数量
act-holding-mint = { $actor }收入{ $goods }
    .other = { $actor }收入{ $other }捐赠的{ $goods }
act-holding-reserve = { $actor }承诺提供{ $goods }
    .other = { $actor }承诺向{ $other }提供{ $goods }
act-holding-release = { $actor }取消了提供{ $goods }的承诺
    .other = { $actor }取消了向{ $other }提供{ $goods }的承诺
act-holding-dispatch = { $actor }发出{ $goods }
    .other = { $actor }向{ $other }发出{ $goods }
act-holding-accept = { $actor }确认收到{ $goods }
    .other = { $actor }确认收到{ $other }送来的{ $goods }
act-holding-hand-over = { $actor }交出{ $goods }
    .other = { $actor }向{ $other }移交{ $goods }
act-holding-resolve = { $actor }说明了差额：{ $goods }
    .other = { $actor }与{ $other }共同说明了差额：{ $goods }
act-holding-write-off = { $actor }核销{ $goods }
act-holding-consume = { $actor }使用了{ $goods }
act-holding-count = { $actor }盘点库存：{ $goods }
act-money-issue = { $actor }收到捐款 { $money }
    .other = { $actor }代{ $other }收到捐款 { $money }
act-money-pay = { $actor }付款 { $money }
    .other = { $actor }向{ $other }付款 { $money }
act-money-redeem = { $actor }兑付 { $money }
    .other = { $actor }从{ $other }兑付 { $money }

record-need = { $actor }需要{ $goods }
    .other = { $actor }称{ $other }需要{ $goods }
record-facility = { $actor }登记了一处医院、仓库或安置点
    .other = { $actor }登记了{ $other }
record-alias = { $actor }登记了一个别名
    .other = { $actor }登记了{ $other }的别名
record-stock-in = { $actor }称收入{ $goods }
    .other = { $actor }称{ $other }收入{ $goods }
record-stock-out = { $actor }称发出{ $goods }
    .other = { $actor }称向{ $other }发出{ $goods }
record-beds = { $actor }公布了床位使用情况
    .other = { $actor }公布了{ $other }的床位使用情况
record-offer = { $actor }愿意提供{ $goods }
    .other = { $actor }愿意向{ $other }提供{ $goods }
record-pledge = { $actor }承诺提供{ $goods }
    .other = { $actor }承诺向{ $other }提供{ $goods }
record-question = { $actor }提出一个问题
    .other = { $actor }向{ $other }提问
record-answer = { $actor }回答了一个问题
    .other = { $actor }回答了{ $other }的提问
record-note = { $actor }作了一项说明
    .other = { $actor }就{ $other }作了一项说明

response-corroborate = { $actor }证实了一项陈述
    .other = { $actor }证实了{ $other }的陈述
response-dispute = { $actor }对一项陈述提出异议
    .other = { $actor }对{ $other }的陈述提出异议
response-correct = { $actor }更正了一项陈述
response-supersede = { $actor }以新陈述取代旧陈述
response-withdraw = { $actor }撤回了一项陈述
response-hide = { $actor }依法隐藏了一项陈述，并公布了依据
    .other = { $actor }依法隐藏了{ $other }的陈述，并公布了依据

entry-one-sided = 单方陈述
entry-signed = { $count ->
    [1] 已签名
    [2] 双方已签名
   *[other] { $count } 方已签名
 }

## 记录类别

name-principal-register = 登记
name-principal-rotate = 更换密钥
name-principal-recover = 找回密钥
name-mandate-grant = 授权
name-mandate-revoke = 终止授权
name-role-attest = 资格证明
name-role-revoke = 撤销资格证明
name-record-post = 陈述
name-record-respond = 对陈述的回应
name-item-define = 登记物资品种
name-pack-define = 登记包装
name-pack-measure = 说明包装数量
name-holding-mint = 物资收入
name-holding-reserve = 承诺物资
name-holding-release = 取消承诺
name-holding-dispatch = 物资发出
name-holding-accept = 确认收货
name-holding-hand-over = 当面移交
name-holding-resolve = 说明差额
name-holding-write-off = 核销
name-holding-consume = 使用
name-holding-count = 盘点
name-money-issue = 收到捐款
name-money-pay = 付款
name-money-redeem = 兑付
what-need = 需求
what-facility = 场所
what-alias = 别名
what-stock-in = 公布的入库
what-stock-out = 公布的出库
what-beds = 床位
what-offer = 愿意提供
what-pledge = 承诺
what-question = 问题
what-answer = 回答
what-note = 说明
what-corroborate = 证实
what-dispute = 异议
what-correct = 更正
what-supersede = 取代
what-withdraw = 撤回
what-hide = 隐藏

## 总览

headline-nothing = 账本已开放，还没有人提出需求
headline-all-met = 账本中的需求均已满足
headline-percent = 所需物资已到 { $percent }%
headline-no-numbers = { $open } 项需求尚未满足，均未写明数量
summary-nothing = 第一项需求、捐赠或陈述签名后，数秒内就会出现在这里。
summary-open = { $all } 项需求中，{ $open } 项尚未满足。
summary-scarcest = 最紧缺：{ $item }，仅收到 { $percent }%。
figure-open = 尚未满足的需求
figure-critical = { $count ->
    [0] 无危急需求
   *[other] 其中 { $count } 项危急
 }
figure-shipments = 运送中的批次
figure-differences = { $count ->
    [0] 没有未说明的差额
   *[other] { $count } 处差额尚未说明
 }
figure-gifts = 捐赠
figure-needy = { $count } 处正在求助
figure-money = 捐款总额
figure-money-note = 每一笔付款都可查询
figure-money-others = 另有 { $others }
scarce-title = 紧缺什么
scarce-note = 各类物资已到数量占需求量的比例。标题数字是各项需求的平均值，一种物资再多也掩盖不了另一种的短缺。
scarce-empty = 目前没有未满足的需求。
scarce-all = 全部需求 →
scarce-unbounded = 未写明上限，无法计算比例。
scarce-also-unbounded = 另有 { $count } 项需求未设上限
scarce-received = 已收到 { $amount }
scarce-stated = 他方称已发放 { $amount }，求助方尚未确认
latest-title = 最新记录
latest-empty = 还没有记录。
latest-all = 全部记录 →
days-title = 需求的提出与满足
days-words = 累计提出 { $opened } 项，已了结 { $closed } 项
days-opened = 提出
days-closed = 了结

## 需求

needs-title = 哪里需要什么
needs-dek = 最紧急、最缺的排在前面。到货由求助方确认；由他方代述的需求均有标明。
needs-count = 共 { $count } 项需求
needs-empty = 没有符合条件的需求。

## 记录

records-title = 全部记录
records-dek = 账本中所有已签名的内容，最新的在前。任何记录都不会被修改或删除，更正另立记录。
records-count = 共 { $count } 条记录
record-facts = 记录内容
fact-actor = 办理方
fact-other = 对方
fact-goods = 物资
fact-money = 金额
fact-occurred = 发生时间
fact-written = 写入时间
fact-place = 在账本中的位置
fact-evidence = 证据
fact-see = 所属
fact-id = 记录指纹
record-place = 第 { $index } 条
record-see = 查看完整经过
record-signatures = 签名方
record-key = 公钥 { $key }
record-responses = 他人的回应
record-no-responses = 还没有人回应。
record-raw = 签名原文
record-raw-note = 为便于阅读加了换行；签名针对不含换行的原文。

## 自行核验

check-title = 自行核验
check-words = 您不必相信本页。凭证中有这条记录、全部签名，以及通向区块 { $height } 的路径，该区块由多家机构签名。
check-run = 在浏览器中核验
check-download = 下载凭证
check-noscript = 在浏览器中核验需要 JavaScript；用命令行则不需要。
command-label = 命令
verify-title = 核验凭证
verify-dek = 凭证可以证明某条记录确实在账本中，位置正确，未被改动。核验在您的浏览器中进行，不会上传任何内容。
verify-file = 凭证文件
verify-text = 或粘贴凭证内容
verify-how = 核验哪些内容
verify-own = 也可以在自己的电脑上核验，不依赖本网站：
verify-ok = 无误
verify-failed = 有误
verify-running = 正在核验……
verify-unreachable = 无法读取凭证。
verify-good = 凭证属实。该记录是本账本第 { $index } 条，与签名时完全一致；{ $committee } 家机构中有 { $signed } 家对其区块签名。
verify-bad = 该凭证不能证明任何内容：{ $reason }。
verify-other-network = 凭证本身无误，但属于另一个账本。
verify-error-json = 这不是凭证文件
verify-error-genesis = 账本首页被改动
verify-error-header = 区块属于另一个账本，或被改动
verify-error-certificate = 对区块签名的机构不够
verify-error-inclusion = 记录或其位置被改动
verify-error-signature = 记录上有一个签名是错的
verify-error-state = 有一项事实与区块不符
verify-error-unsupported = 此浏览器无法核验 Ed25519 签名，请使用较新的浏览器或命令行
verify-step-genesis = 账本首页写明由哪些机构保存
verify-step-header = 区块属于本账本
verify-step-certificate = 有足够多的机构对区块签名
verify-step-inclusion = 记录在日志中，位置正确
verify-step-signatures = 每位签名者签的正是这段原文
verify-step-state = 其余各项事实与区块一致

## 错误

error-missing = 没有这个页面
error-missing-why = 地址可能有误。编号末位是校验码，错一位就找不到。
error-address = 无法识别这个地址
error-address-why = 地址的一部分被改动或截断。请回到列表重新开始。
error-broken = 页面无法生成
error-broken-why = 问题在我们这边，已记录。账本本身没有受影响，请稍后再试。
error-search = 搜索“{ $word }”
error-home = 回到总览
