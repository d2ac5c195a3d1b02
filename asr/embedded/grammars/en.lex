+	p l V s	0
a	eI	0
able	eI b @L	0
about	a b aU t	0
absolutely	a b s @ l u t l i	0
adam	a d @ m	0
affirmative	a f 3 m @ t I v	0
after	aa f t 3	0
afternoon	aa f t 3 n u n	0
again	a g E n	0
agent	eI dZ @ n t	0
ago	a g oU	0
ah	A	0
ahead	a h E d	0
alan	a l @ n	0
alex	a l I k s	0
alfred	a l f r I d	0
alice	a l I s	0
all	O l	0
alpha	a l f @	0
alright	O l r aI t	0
am	a m	0
amanda	a m a n d @	0
amber	a m b 3	0
amy	eI m i	0
an	a n	0
and	a n d	0
andrew	a n d r u	0
anna	a n @	0
anne	a n	0
any	E n i	0
apostrophe	a p O s t r @ f i	0
apple	a p @L	0
april	eI p r @L	0
are	A@	0
around	3 r aU n d	0
arthur	A@ T 3	0
as	a z	0
at	a t	0
august	O g @ s t	0
b	b i	0
baker	b eI k 3	0
banana	b a n a n @	0
barbara	b A@ b 3 r @	0
be	b i	0
before	b I f o@	0
beginning	b I g I n I N	0
ben	b E n	0
benjamin	b E n dZ @ m I n	0
berlin	b 3 l I n	0
betty	b E t i	0
bill	b I l	0
birthday	b 3 T d eI	0
bob	b 0 b	0
born	b O@ n	0
boy	b OI	0
bravo	b r A v oU	0
brian	b r aI @ n	0
britain	b r I t @ n	0
bruce	b r u s	0
by	b aI	0
c	s i	0
calling	k O l I N	0
camel	k a m @L	0
can	k a n	0
can't	k a n t	0
capital	k a p I t @L	0
carol	k a r @L	0
caroline	k a r @ l aI n	0
cat	k a t	0
catherine	k a T r I n	0
cent	s E n t	0
certainly	s 3 ? n l i	0
charles	tS A@ l z	0
charlie	tS A@ l i	0
chicago	S I k A g oU	0
choose	tS u z	0
chris	k r I s	0
christmas	k r I s m @ s	0
christopher	k r I s t @ f 3	0
cindy	s I n d i	0
claire	k l e@	0
confirm	k @ n f 3 m	0
correct	k 3 r E k t	0
could	k U d	0
course	k o@ s	0
d	d i	0
daisy	d eI z i	0
daniel	d a n j @L	0
dash	d a S	0
dave	d eI v	0
david	d eI v I d	0
day	d eI	0
days	d eI z	0
debbie	d E b i	0
december	d I s E m b 3	0
definitely	d E f I n @ t l i	0
delta	d E l t @	0
denmark	d E n m A@ k	0
dennis	d E n I s	0
denver	d E n v 3	0
diana	d aI a n @	0
did	d I d	0
didn't	d I d n t	0
do	d u	0
does	d V z	0
doesn't	d V z @ n t	0
dog	d 0 g	0
don't	d oU n t	0
donald	d 0 n @L d	0
donkey	d O N k i	0
dora	d o@ r @	0
doris	d O r I s	0
dot	d 0 t	0
double	d V b @L	0
double eight	d V b @L eI t	0
double five	d V b @L f aI v	0
double four	d V b @L f o@	0
double nine	d V b @L n aI n	0
double one	d V b @L w V n	0
double seven	d V b @L s E v @ n	0
double six	d V b @L s I k s	0
double three	d V b @L T r i	0
double two	d V b @L t u	0
dublin	d V b l I n	0
e	i	0
eagle	i g @L	0
early	3 l i	0
easy	i z i	0
echo	E k oU	0
edgar	E d g 3	0
edinburgh	E d I n b V r @	0
edward	E d w 3 d	0
egg	E g	0
egypt	i dZ I p t	0
eight	eI t	0
eighteen	eI t i n	0
eighteenth	eI t i n T	0
eighth	eI t T	0
eighty	eI t i	0
eighty-eight	eI t i eI t	0
eighty-five	eI t i f aI v	0
eighty-four	eI t i f o@	0
eighty-nine	eI t i n aI n	0
eighty-one	eI t i w V n	0
eighty-seven	eI t i s E v @ n	0
eighty-six	eI t i s I k s	0
eighty-three	eI t i T r i	0
eighty-two	eI t i t u	0
elephant	E l I f @ n t	0
eleven	I l E v @ n	0
eleventh	I l E v @ n T	0
elizabeth	I l I z @ b @ T	0
ellen	E l @ n	0
else	E l s	0
emily	E m I l i	0
emma	E m @	0
end	E n d	0
ends	E n d z	0
england	I N g l @ n d	0
er	3	0
eric	E r I k	0
eve	i v	0
evening	i v n I N	0
exactly	E g z a k t l i	0
f	E f	0
father	f A D 3	0
february	f E b r u e@ r i	0
few	f j u	0
fifteen	f I f t i n	0
fifteenth	f I f t i n T	0
fifth	f I f T	0
fifty	f I f t i	0
fifty-eight	f I f t i eI t	0
fifty-five	f I f t i f aI v	0
fifty-four	f I f t i f o@	0
fifty-nine	f I f t i n aI n	0
fifty-one	f I f t i w V n	0
fifty-seven	f I f t i s E v @ n	0
fifty-six	f I f t i s I k s	0
fifty-three	f I f t i T r i	0
fifty-two	f I f t i t u	0
find	f aI n d	0
fine	f aI n	0
fire	f aI	0
first	f 3 s t	0
fish	f I S	0
five	f aI v	0
florence	f l O r @ n s	0
florida	f l O r I d @	0
for	f O@	0
forty	f O@ t i	0
forty-eight	f O@ t i eI t	0
forty-five	f O@ t i f aI v	0
forty-four	f O@ t i f o@	0
forty-nine	f O@ t i n aI n	0
forty-one	f O@ t i w V n	0
forty-seven	f O@ t i s E v @ n	0
forty-six	f O@ t i s I k s	0
forty-three	f O@ t i T r i	0
forty-two	f O@ t i t u	0
four	f o@	0
fourteen	f o@ t i n	0
fourteenth	f o@ t i n T	0
fourth	f o@ T	0
fox	f 0 k s	0
foxtrot	f 0 k s t r 0 t	0
france	f r aa n s	0
frank	f r a N k	0
fred	f r E d	0
freddie	f r E d i	0
freddy	f r E d i	0
friday	f r aI d eI	0
from	f r V m	0
g	dZ i	0
gary	g a r i	0
george	dZ O@ dZ	0
germany	dZ 3 m @ n i	0
get	g E t	0
gloria	g l o@ r i @	0
go	g oU	0
goat	g oU t	0
golf	g 0 l f	0
good	g U d	0
goodbye	g U d b aI	0
got	g 0 t	0
grace	g r eI s	0
great	g r eI t	0
green	g r i n	0
greg	g r E g	0
h	eI tS	0
hannah	h a n @	0
happy	h a p i	0
harold	h a r @L d	0
harry	h a r i	0
hasn't	h a z @ n t	0
hat	h a t	0
have	h a v	0
haven't	h a v @ n t	0
hear	h i@	0
helen	h E l @ n	0
henry	h E n r i	0
hi	h aI	0
hold	h oU l d	0
holland	h 0 l @ n d	0
horse	h O@ s	0
hotel	h oU t E l	0
house	h aU s	0
how	h aU	0
howard	h aU 3 d	0
human	h j u m @ n	0
hundred	h V n d r I d	0
hyphen	h aI f @ n	0
i	aI	0
i'd	aI d	0
i'll	aI l	0
i'm	aI m	0
i've	aI v	0
ice	aI s	0
ida	aI d @	0
idea	aI d i@	0
igloo	I g l u	0
in	I n	0
incorrect	I N k 3 r E k t	0
indeed	I n d i d	0
india	I n d i @	0
ireland	aI l @ n d	0
irene	aI r i n	0
is	I z	0
isaac	aI s @ k	0
isabel	I z @ b E l	0
island	aI l @ n d	0
isn't	I z @ n t	0
it	I t	0
it'll	I t @L	0
it's	I t s	0
italy	I t @ l i	0
ivan	aI v @ n	0
ivy	aI v i	0
j	dZ eI	0
jack	dZ a k	0
jackie	dZ a k i	0
jacob	dZ eI k @ b	0
james	dZ eI m z	0
jane	dZ eI n	0
january	dZ a n j u e@ r i	0
japan	dZ @ p a n	0
jason	dZ eI s @ n	0
jean	dZ i n	0
jennifer	dZ E n I f 3	0
jenny	dZ E n i	0
jessica	dZ E s I k @	0
jim	dZ I m	0
joe	dZ oU	0
john	dZ 0 n	0
johnny	dZ 0 n i	0
joseph	dZ oU s @ f	0
julia	dZ u l i @	0
julie	dZ u l i	0
juliet	dZ u l I E t	0
july	dZ u l aI	0
june	dZ u n	0
just	dZ V s t	0
k	k eI	0
karen	k a r @ n	0
kate	k eI t	0
katie	k eI t i	0
keith	k i T	0
kelly	k E l i	0
ken	k E n	0
kenneth	k E n @ T	0
kenya	k E n j @	0
kevin	k E v I n	0
key	k i	0
kilo	k i l oU	0
king	k I N	0
kite	k aI t	0
kitty	k I t i	0
know	n oU	0
l	E l	0
larry	l a r i	0
last	l aa s t	0
late	l eI t	0
laura	l O r @	0
lemon	l E m @ n	0
leo	l i oU	0
leon	l i 0 n	0
let	l E t	0
let's	l E t s	0
like	l aI k	0
lima	l i m a	0
lincoln	l I N k @ n	0
linda	l I n d @	0
lion	l aI@ n	0
lisa	l i s @	0
liverpool	l I v 3 p u l	0
london	l V n d @ n	0
lost	l O s t	0
louis	l u i	0
love	l V v	0
lucy	l u s i	0
luke	l u k	0
m	E m	0
made	m eI d	0
madrid	m @ d r I d	0
make	m eI k	0
march	m A@ tS	0
margaret	m A@ g r @ t	0
maria	m 3 r i @	0
mark	m A@ k	0
martin	m A@ t I n	0
mary	m e@ r i	0
matthew	m a T j u	0
max	m a k s	0
may	m eI	0
maybe	m eI b i	0
me	m i	0
michael	m aI k @L	0
mike	m aI k	0
mind	m aI n d	0
mistake	m I s t eI k	0
moment	m oU m @ n t	0
monday	m V n d eI	0
money	m V n i	0
monkey	m V N k i	0
month	m V n T	0
morning	m O@ n I N	0
mother	m V D 3	0
mouse	m aU s	0
my	m aI	0
n	E n	0
nah	n A	0
nancy	n a n s i	0
naples	n eI p @L z	0
natalie	n a t a l i	0
nathan	n eI T @ n	0
ned	n E d	0
negative	n E g @ t I v	0
nelly	n E l i	0
nelson	n E l s @ n	0
never	n E v 3	0
next	n E k s t	0
nicholas	n I k @ l @ s	0
nick	n I k	0
nina	n i n @	0
nine	n aI n	0
nineteen	n aI n t i n	0
nineteenth	n aI n t i n T	0
ninety	n aI n t i	0
ninety-eight	n aI n t i eI t	0
ninety-five	n aI n t i f aI v	0
ninety-four	n aI n t i f o@	0
ninety-nine	n aI n t i n aI n	0
ninety-one	n aI n t i w V n	0
ninety-seven	n aI n t i s E v @ n	0
ninety-six	n aI n t i s I k s	0
ninety-three	n aI n t i T r i	0
ninety-two	n aI n t i t u	0
ninth	n aI n T	0
no	n oU	0
noon	n u n	0
nope	n oU p	0
nora	n o@ r @	0
not	n 0 t	0
nothing	n V T I N	0
november	n oU v E m b 3	0
number	n V m b 3	0
number's	n V m b 3 z	0
nurse	n 3 s	0
o	oU	0
ocean	oU S @ n	0
october	0 k t oU b 3	0
of	V v	0
oh	oU	0
oh eight	oU eI t	0
oh five	oU f aI v	0
oh four	oU f o@	0
oh nine	oU n aI n	0
oh one	oU w V n	0
oh seven	oU s E v @ n	0
oh six	oU s I k s	0
oh three	oU T r i	0
oh two	oU t u	0
oh zero	oU z i@ r oU	0
ok	oU k eI	0
okay	oU k eI	0
olive	0 l I v	0
oliver	0 l I v 3	0
olivia	0 l I v i@	0
on	O n	0
one	w V n	0
onion	V n i@ n	0
operator	0 p 3 r eI t 3	0
orange	O r I n dZ	0
order	O@ d 3	0
oscar	0 s k 3	0
otto	0 t oU	0
oxford	0 k s f 3 d	0
p	p i	0
pamela	p a m @ l @	0
papa	p A p @	0
pardon	p A@ d @ n	0
paris	p a r I s	0
patricia	p a t r I S @	0
patrick	p a t r I k	0
paul	p O l	0
perfect	p 3 f E k t	0
person	p 3 s @ n	0
peter	p i t 3	0
philip	f I l I p	0
pick	p I k	0
pink	p I N k	0
please	p l i z	0
plus	p l V s	0
point	p OI n t	0
polly	p 0 l i	0
portugal	p o@ tS @ g @L	0
possible	p 0 s I b @L	0
prefer	p r I f 3	0
put	p U t	0
q	k j u	0
quebec	k w I b E k	0
queen	k w i n	0
quentin	k w E n t I n	0
quick	k w I k	0
r	A@	0
rabbit	r a b I t	0
rachel	r eI tS @L	0
ralph	r a l f	0
rather	r a D 3	0
ray	r eI	0
real	r i @ l	0
really	r i@ l i	0
rebecca	r I b E k @	0
red	r E d	0
remember	r I m E m b 3	0
repeat	r I p i t	0
richard	r I tS 3 d	0
right	r aI t	0
rob	r 0 b	0
robert	r 0 b 3 t	0
robin	r 0 b I n	0
rodger	r 0 dZ 3	0
roger	r 0 dZ 3	0
romeo	r oU m I oU	0
rose	r oU z	0
ruth	r u T	0
s	E s	0
sally	s a l i	0
sam	s a m	0
samuel	s a m j u l	0
sandra	s a n d r @	0
sarah	s e@ r @	0
saturday	s a t 3 d eI	0
say	s eI	0
scotland	s k 0 t l @ n d	0
second	s E k @ n d	0
see	s i	0
september	s E p t E m b 3	0
seven	s E v @ n	0
seventeen	s E v @ n t i n	0
seventeenth	s E v @ n t i n T	0
seventh	s E v @ n T	0
seventy	s E v @ n t i	0
seventy-eight	s E v @ n t i eI t	0
seventy-five	s E v @ n t i f aI v	0
seventy-four	s E v @ n t i f o@	0
seventy-nine	s E v @ n t i n aI n	0
seventy-one	s E v @ n t i w V n	0
seventy-seven	s E v @ n t i s E v @ n	0
seventy-six	s E v @ n t i s I k s	0
seventy-three	s E v @ n t i T r i	0
seventy-two	s E v @ n t i t u	0
shirley	S 3 l i	0
sierra	s i e@ r @	0
simon	s aI m @ n	0
since	s I n s	0
six	s I k s	0
sixteen	s I k s t i n	0
sixteenth	s I k s t i n T	0
sixth	s I k s T	0
sixty	s I k s t i	0
sixty-eight	s I k s t i eI t	0
sixty-five	s I k s t i f aI v	0
sixty-four	s I k s t i f o@	0
sixty-nine	s I k s t i n aI n	0
sixty-one	s I k s t i w V n	0
sixty-seven	s I k s t i s E v @ n	0
sixty-six	s I k s t i s I k s	0
sixty-three	s I k s t i T r i	0
sixty-two	s I k s t i t u	0
slash	s l a S	0
snake	s n eI k	0
so	s oU	0
someone	s V m w V n	0
soon	s u n	0
sophie	s oU f i	0
sorry	s A r i	0
sounds	s aU n d z	0
space	s p eI s	0
spain	s p eI n	0
speak	s p i k	0
spell	s p E l	0
spelled	s p E l d	0
starting	s t A@ t I N	0
starts	s t A@ t s	0
stephen	s t i v @ n	0
steve	s t i v	0
still	s t I l	0
sugar	S U g 3	0
sunday	s V n d eI	0
sure	S U@	0
susan	s u z @ n	0
t	t i	0
table	t eI b @L	0
take	t eI k	0
talk	t O k	0
tango	t a N g oU	0
tea	t i	0
ted	t E d	0
ten	t E n	0
tenth	t E n T	0
texas	t E k s @ s	0
thank	T a N k	0
thanks	T a N k s	0
that	D a t	0
that's	D a t s	0
the	D @	0
theo	T i oU	0
there	D e@	0
theresa	t 3 r i z @	0
think	T I N k	0
third	T 3 d	0
thirteen	T 3 t i n	0
thirteenth	T 3 t i n T	0
thirtieth	T 3 t i@ T	0
thirty	T 3 t i	0
thirty-eight	T 3 t i eI t	0
thirty-first	T 3 t i f 3 s t	0
thirty-five	T 3 t i f aI v	0
thirty-four	T 3 t i f o@	0
thirty-nine	T 3 t i n aI n	0
thirty-one	T 3 t i w V n	0
thirty-seven	T 3 t i s E v @ n	0
thirty-six	T 3 t i s I k s	0
thirty-three	T 3 t i T r i	0
thirty-two	T 3 t i t u	0
this	D I s	0
thomas	t 0 m @ s	0
thousand	T aU z @ n d	0
three	T r i	0
through	T r u	0
thursday	T 3 z d eI	0
tiger	t aI g 3	0
tim	t I m	0
to	t u	0
today	t @ d eI	0
tom	t 0 m	0
tommy	t 0 m i	0
tomorrow	t @ m A r oU	0
tonight	t @ n aI t	0
tony	t oU n i	0
toronto	t 3 r 0 n t oU	0
tree	t r i	0
tuesday	t u z d eI	0
twelfth	t w E l f T	0
twelve	t w E l v	0
twentieth	t w E n t i@ T	0
twenty	t w E n t i	0
twenty-eight	t w E n t i eI t	0
twenty-eighth	t w E n t i eI t T	0
twenty-fifth	t w E n t i f I f T	0
twenty-first	t w E n t i f 3 s t	0
twenty-five	t w E n t i f aI v	0
twenty-four	t w E n t i f o@	0
twenty-fourth	t w E n t i f o@ T	0
twenty-nine	t w E n t i n aI n	0
twenty-ninth	t w E n t i n aI n T	0
twenty-one	t w E n t i w V n	0
twenty-second	t w E n t i s E k @ n d	0
twenty-seven	t w E n t i s E v @ n	0
twenty-seventh	t w E n t i s E v @ n T	0
twenty-six	t w E n t i s I k s	0
twenty-sixth	t w E n t i s I k s T	0
twenty-third	t w E n t i T 3 d	0
twenty-three	t w E n t i T r i	0
twenty-two	t w E n t i t u	0
two	t u	0
u	j u	0
uh	V	0
ulysses	j u l I s i z	0
um	V m	0
umbrella	V m b r E l @	0
uncle	V N k @L	0
under	V n d 3	0
underscore	V n d 3 s k o@	0
understand	V n d 3 s t a n d	0
uniform	j u n I f O@ m	0
union	j u n i@ n	0
united	j u n aI t I d	0
until	V n t I l	0
ursula	3 s j U l @	0
utah	j u t O	0
v	v i	0
valerie	v a l 3 r i	0
van	v a n	0
vanessa	v a n E s @	0
venice	v E n I s	0
vera	v i@ r @	0
vermont	v 3 m O n t	0
victor	v I k t 3	0
victoria	v I k t o@ r i@	0
vincent	v I n s @ n t	0
violet	v aI@ l I t	0
virginia	v 3 dZ I n i@	0
w	d V b @L j u	0
wait	w eI t	0
wales	w eI l z	0
walter	w O l t 3	0
want	w O n t	0
was	w V z	0
washington	w 0 S I N t @ n	0
water	w O t 3	0
way	w eI	0
wednesday	w E n z d eI	0
week	w i k	0
weekend	w i k E n d	0
weeks	w i k s	0
well	w E l	0
wendy	w E n d i	0
what	w V t	0
where	w e@	0
which	w I tS	0
whiskey	w I s k i	0
whisky	w I s k i	0
why	w aI	0
william	w I l j @ m	0
window	w I n d oU	0
winter	w I n t 3	0
with	w I D	0
wonderful	w V n d 3 f @L	0
would	w U d	0
wrong	r O N	0
x	E k s	0
x-ray	E k s r eI	0
xavier	z eI v i 3	0
xylophone	z aI l @ f oU n	0
y	w aI	0
yacht	j 0 t	0
yankee	j a N k i	0
yeah	j E h	0
yellow	j E l oU	0
yep	j E p	0
yes	j E s	0
yesterday	j E s t 3 d eI	0
yet	j E t	0
yoga	j oU g @	0
yolanda	j 0 l a n d @	0
york	j O@ k	0
you	j u	0
young	j V N	0
yup	j V p	0
yvonne	I v 0 n	0
z	z i	0
zachary	z a k 3 r i	0
zebra	z i b r @	0
zee	z i	0
zero	z i@ r oU	0
zero eight	z i@ r oU eI t	0
zero five	z i@ r oU f aI v	0
zero four	z i@ r oU f o@	0
zero nine	z i@ r oU n aI n	0
zero one	z i@ r oU w V n	0
zero seven	z i@ r oU s E v @ n	0
zero six	z i@ r oU s I k s	0
zero three	z i@ r oU T r i	0
zero two	z i@ r oU t u	0
zero zero	z i@ r oU z i@ r oU	0
zoe	z oU i	0
zoo	z u	0
zulu	z u l u	0
zurich	z j U r I k	0
